// Recurring orders: made from an order, changed for one date and for good, skipped, paused, ended; one that has stopped and asks.
import { expect, test, type Page } from '@playwright/test';
import { accessible, complaints, people, ready, scripted, signIn } from './people';

const plus = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

async function schedule(page: Page, name: string) {
  await signIn(page, people.buyer);

  await test.step('makes a schedule from an order', async () => {
    await page.goto('/orders/SO-2026-000004');
    await ready(page);
    await page.getByRole('link', { name: 'Schedule', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'New schedule' })).toBeVisible();
    await ready(page);
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Every', { exact: true }).fill('1');
    await page.getByLabel('Weeks or months').selectOption('month');
    await page.getByLabel('Day of the month').fill('31');
    await page.getByLabel('Not before').fill('2027-01-01');
    await page.getByLabel('PO number (optional)').fill('REC-{year}-{month}');
    if (!(await scripted(page))) await page.getByRole('button', { name: 'Show dates' }).click();
    // The end of a short month does not stick.
    for (const day of ['31 Jan 2027', '28 Feb 2027', '31 Mar 2027']) await expect(page.getByText(day)).toBeVisible();
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue(name);
    if (await scripted(page)) await accessible(page);
    await page.getByRole('button', { name: 'Schedule', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(page.getByText('You are told before each order.')).toBeVisible();
    await expect(page.getByText('Your reference: REC-2027-01')).toBeVisible();
    await ready(page);
  });

  await test.step('is told what is wrong, and keeps what was typed', async () => {
    await page.getByLabel('Not before').fill(plus(-3));
    await page.getByLabel('Tell me before').fill('2');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('Choose tomorrow or a later day.').first()).toBeVisible();
    await page.goto(page.url().split('?')[0]);
    await ready(page);
  });

  await test.step('orders more of it just this time', async () => {
    await page.getByLabel(/^Quantity of Cable ties/).fill('60');
    await page.getByRole('button', { name: 'Just this time' }).click();
    await expect(page.getByText('Saved. It is ordered on its day.')).toBeVisible();
    await expect(page.getByText('changed for this time')).toBeVisible();
    await expect(page.getByLabel(/^Quantity of Cable ties/)).toHaveValue('60');
    await expect(page.getByLabel(/^Standing quantity of Cable ties/)).toHaveValue('20');
    await ready(page);
  });

  await test.step('puts one more article on it for good', async () => {
    await page.getByLabel('One more SKU (optional)').fill('TM-5M');
    await page.getByLabel('Quantity', { exact: true }).fill('4');
    await page.getByRole('button', { name: 'Save lines' }).click();
    await expect(page.getByText('The lines are saved.')).toBeVisible();
    await expect(page.getByLabel(/^Standing quantity of Tape measure/)).toHaveValue('4');
    await ready(page);
  });

  await test.step('skips a date, pauses, resumes and ends', async () => {
    await page.getByRole('button', { name: 'Skip 31 Jan 2027' }).click();
    await expect(page.getByText('31 Jan 2027 is skipped.')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Next: 28 Feb 2027' })).toBeVisible();
    await ready(page);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await expect(page.getByText('Nothing is ordered until it is resumed.')).toBeVisible();
    await ready(page);
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Next: 28 Feb 2027' })).toBeVisible();
    await ready(page);
    if (await scripted(page)) await accessible(page);
    await page.getByRole('button', { name: 'End…' }).click();
    await page.getByRole('button', { name: 'End schedule' }).click();
    await expect(page.getByText('Ended. What it has ordered stays ordered.')).toBeVisible();
    await page.goto('/schedules');
    await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('Ended');
  });
}

test('a buyer has an order repeated', async ({ page }) => {
  const found = complaints(page);
  await schedule(page, 'Month ends');
  // What was refused on purpose is answered with 422.
  expect(found.filter((said) => !said.includes('422'))).toEqual([]);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('a buyer has an order repeated', async ({ page }) => {
    await schedule(page, 'Month ends, plainly');
  });
});

test('a schedule that has stopped says why, and its owner orders what can be delivered', async ({ page }) => {
  const found = complaints(page);
  await signIn(page, people.buyer);
  await page.goto('/schedules');
  await ready(page);
  const row = page.getByRole('row', { name: /Line 4, next stop/ });
  await expect(row).toContainText('Stopped: asks you');
  await row.getByRole('link').click();
  await expect(page.getByText('Something has changed.').first()).toBeVisible();
  await ready(page);
  await accessible(page);
  const helmets = page.getByLabel(/^Quantity of .*helmet/i);
  await page.getByRole('button', { name: 'Order now, just this time' }).click();
  await expect(page.getByText(/Only 12 can be delivered\..*Or leave it out with 0\./).first()).toBeVisible();
  await helmets.fill('2');
  await page.getByRole('button', { name: 'Order now, just this time' }).click();
  await expect(page.getByText(/Order SO-2026-\d+ is placed\./)).toBeVisible();
  await ready(page);
  await page.getByRole('row', { name: /Ordered/ }).getByRole('link', { name: /^SO-2026-/ }).click();
  await expect(page.getByText('Ordered by schedule Line 4, next stop')).toBeVisible();
  // What was refused on purpose is answered with 422.
  expect(found.filter((said) => !said.includes('422'))).toEqual([]);
});

test('colleagues see schedules by their role', async ({ page }) => {
  await signIn(page, people.manager);
  await page.goto('/schedules');
  await ready(page);
  await page.getByRole('link', { name: 'Weekly consumables' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Weekly consumables' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Save lines' })).toHaveCount(0);
});
