// A finance user settles an invoice: the sum follows what is typed, the sandbox takes the card, the statement shows it.
import { expect, test, type Page } from '@playwright/test';
import { accessible, complaints, control, people, ready, scripted, signIn } from './people';

async function pays(page: Page, po: string, how: string) {
  await signIn(page, people.finance);
  await page.goto(`/invoices?show=all&q=${encodeURIComponent(po)}`);
  await ready(page);
  const row = page.getByRole('row', { name: /INV-/ }).first();
  const number = (await row.getByRole('link', { name: /^INV-/ }).textContent()) ?? '';
  await page.getByRole('checkbox', { name: `Pay ${number}` }).check();
  await page.getByRole('button', { name: 'Pay selected' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Pay invoices' })).toBeVisible();
  await ready(page);
  const together = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Together' }) });
  await expect(together).toContainText('1 invoice');
  if (await scripted(page)) {
    await accessible(page);
    // A part of it; then more than there is, said at once; then all of it again.
    const amount = page.getByLabel(`Amount for ${number}`);
    await amount.fill('10');
    await expect(together).toContainText('£10.00');
    await amount.fill('999999');
    await expect(together).toContainText(`is all that ${number} has left`);
    await amount.fill('');
    await expect(together).not.toContainText('£10.00');
    await page.setViewportSize({ width: 360, height: 740 });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(beyond, 'wider than a phone').toBeLessThanOrEqual(0);
    await accessible(page);
  } else {
    await page.getByLabel(`Amount for ${number}`).fill('10');
    await page.getByRole('button', { name: 'Work out the sum' }).click();
    await expect(page.getByRole('main')).toContainText('£10.00');
    await page.getByLabel(`Amount for ${number}`).fill('');
    await page.getByRole('button', { name: 'Work out the sum' }).click();
  }
  await page.getByLabel('Card', { exact: true }).check();
  await page.getByRole('button', { name: 'Pay selected' }).click();
  await expect(page).toHaveURL(/\/payments\/PAY-/);
  await expect(page.locator('.head')).toContainText('Waiting for the money');
  await ready(page);
  const payment = page.url().split('/').pop() ?? '';
  await page.goto(`/invoices/${number}`);
  await expect(page.locator('.head')).toContainText('Being paid');
  await page.goto(`/payments/${payment}`);
  await ready(page);
  if (await scripted(page)) await accessible(page);
  await control(page, /by card$/).click();
  await expect(page.getByRole('main')).toContainText('no money moves');
  await page.getByRole('button', { name: how, exact: true }).click();
  if (how === 'Pay, but lose the way back') await page.goto(`/payments/${payment}`);
  await expect(page.locator('.head')).toContainText('Paid');
  await page.goto(`/invoices/${number}`);
  await expect(page.locator('.head')).toContainText('Paid');
  await expect(page.getByRole('main')).toContainText(payment);
  await page.goto('/statement');
  await expect(page.getByRole('row', { name: new RegExp(payment) })).toBeVisible();
}

async function transfers(page: Page) {
  await signIn(page, people.finance);
  await page.goto('/payments/new');
  await ready(page);
  await page.getByLabel('Spread a sum (GBP)').fill('25');
  await page.getByRole('button', { name: 'Oldest first' }).click();
  await expect(page.getByRole('checkbox', { name: /^Pay INV-/ }).first()).toBeChecked();
  await ready(page);
  await expect(page.getByRole('main')).toContainText('£25.00');
  await page.getByRole('button', { name: 'Pay selected' }).click();
  await expect(page.locator('.head')).toContainText('Waiting for the money');
  await expect(page.getByRole('main')).toContainText(/RF\d\dPAY/);
  await ready(page);
  await control(page, 'Withdraw…').click();
  await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
  await expect(page.locator('.head')).toContainText('Withdrawn');
}

test.describe('payments', () => {
  test.describe.configure({ mode: 'serial' });

  test('an invoice is paid by card', async ({ page }) => {
    const found = complaints(page);
    await pays(page, '88288', 'Pay');
    expect(found).toEqual([]);
  });

  test('a sum goes to the oldest by transfer, and is withdrawn', async ({ page }) => {
    const found = complaints(page);
    await transfers(page);
    expect(found).toEqual([]);
  });

  test.describe('without scripts', () => {
    test.use({ javaScriptEnabled: false });
    test('an invoice is paid by card', async ({ page }) => pays(page, '88350', 'Pay, but lose the way back'));
  });
});
