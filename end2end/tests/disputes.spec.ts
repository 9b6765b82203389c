// What an invoice says is checked, disputed with evidence, and answered with a credit note; a month is packed; who is late is reminded.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { complaints, people, ready, scripted, signIn } from './people';

async function disputes(page: Page, browser: Browser, article: string, javaScriptEnabled: boolean) {
  await signIn(page, people.finance);
  await page.goto('/invoices?show=all&q=88207');
  await page.getByRole('row', { name: /INV-/ }).first().getByRole('link', { name: /^INV-/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Invoice INV-/ })).toBeVisible();
  await ready(page);
  const invoice = new URL(page.url()).pathname;
  await expect(page.getByRole('main')).toContainText(/match(es)? order SO-/);

  await test.step('disputes a line, with evidence', async () => {
    const row = page.getByRole('row', { name: article });
    await row.getByRole('button', { name: 'Dispute line…' }).click();
    const dialog = page.getByRole('dialog', { name: article });
    await dialog.getByLabel('What is wrong').selectOption({ label: 'It came damaged, or is the wrong thing' });
    await dialog.getByLabel('How many').fill('2');
    await dialog.getByLabel('In your words').fill('Two came torn.');
    await dialog.getByRole('button', { name: 'Dispute line', exact: true }).click();
    await expect(page.getByText('The line is disputed.')).toBeVisible();
    await ready(page);
    await page.getByLabel('Attach a file').setInputFiles({ name: 'torn.txt', mimeType: 'text/plain', buffer: Buffer.from(`torn, see ${article}`) });
    await page.getByRole('button', { name: 'Attach', exact: true }).click();
    await expect(page.getByText('The file is attached.')).toBeVisible();
    const dispute = page.getByRole('listitem').filter({ hasText: article });
    await expect(dispute.getByRole('link', { name: 'torn.txt' })).toBeVisible();
  });

  const desk = await browser.newContext({ javaScriptEnabled });
  const service = await desk.newPage();
  await test.step('customer service accepts and credits', async () => {
    await signIn(service, people.service);
    await service.goto('/finance/disputes');
    await ready(service);
    const card = service.locator('section, .card').filter({ hasText: article }).filter({ hasText: 'Two came torn.' }).first();
    await card.getByLabel('Credit so many').fill('2');
    await card.getByLabel('Your answer').fill('Sorry. Two are credited.');
    await card.getByRole('button', { name: 'Accept', exact: true }).click();
    await expect(service.getByText(/^Answered\. Credit note CN-.* is issued\./)).toBeVisible();
  });

  await test.step('finance reads the answer', async () => {
    await page.goto(invoice);
    await ready(page);
    const dispute = page.getByRole('listitem').filter({ hasText: article }).filter({ hasText: 'Sorry. Two are credited.' });
    await expect(dispute).toContainText('Accepted');
    await dispute.getByRole('link', { name: /^CN-/ }).click();
    await expect(page.getByRole('heading', { level: 1, name: /^Credit note CN-/ })).toBeVisible();
  });
  await desk.close();
}

async function packs(page: Page, cost_centre: string) {
  await signIn(page, people.finance);
  await page.goto('/packs');
  await ready(page);
  await page.getByLabel('Issued from').fill('2026-01-01');
  await page.getByLabel('To', { exact: true }).fill('2027-12-31');
  await page.getByLabel('Cost centre').selectOption(cost_centre);
  await page.getByRole('button', { name: 'Make finance pack' }).click();
  await expect(page.getByText('Your finance pack is being made.')).toBeVisible();
  const row = page.getByRole('row').filter({ hasText: `· ${cost_centre} ·` });
  const download = row.getByRole('link', { name: /^Download the finance pack/ });
  if (await scripted(page)) {
    await expect(download).toBeVisible({ timeout: 30_000 });
  } else {
    await expect(async () => {
      await page.reload();
      await expect(download).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 30_000 });
  }
  const answer = await page.request.get((await download.getAttribute('href')) ?? '');
  expect(answer.headers()['content-disposition']).toContain('finance-pack-2026-01-01-2027-12-31.zip');
  expect((await answer.body()).subarray(0, 2).toString()).toBe('PK');
}

test('a line is disputed and credited', async ({ page, browser }) => {
  const found = complaints(page);
  await disputes(page, browser, 'Cut-resistant gloves, size 9', true);
  expect(found).toEqual([]);
});

test('a period is packed', async ({ page }) => {
  const found = complaints(page);
  await packs(page, 'MAINT');
  expect(found).toEqual([]);
});

test('who is overdue is reminded and promises', async ({ page }) => {
  const found = complaints(page);
  await signIn(page, people.service);
  await page.goto('/finance/overdue');
  await ready(page);
  const row = page.getByRole('row', { name: 'Acme Manufacturing' });
  await expect(row).toContainText('No reminder yet');
  await row.getByRole('button', { name: 'Remind…' }).click();
  await page.getByRole('dialog', { name: 'Remind Acme Manufacturing' }).getByRole('button', { name: 'Send reminder' }).click();
  await expect(page.getByText('Reminder sent.')).toBeVisible();
  await ready(page);
  await row.getByRole('button', { name: 'Promise…' }).click();
  const dialog = page.getByRole('dialog', { name: 'What Acme Manufacturing promised' });
  await dialog.getByLabel('They pay by').fill(new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10));
  await dialog.getByLabel('Note').fill('Fay, by phone');
  await dialog.getByRole('button', { name: 'Note promise' }).click();
  await expect(page.getByText('The promise is noted.')).toBeVisible();
  await page.getByRole('navigation', { name: 'Which customers' }).getByRole('link', { name: 'Promised' }).click();
  await expect(row).toContainText('Fay, by phone');
  await expect(row).toContainText('Reminder, ');
  expect(found).toEqual([]);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('a line is disputed and credited', async ({ page, browser }) => {
    await disputes(page, browser, 'Ear plugs, foam, uncorded', false);
  });
  test('a period is packed', async ({ page }) => packs(page, 'PACK'));
});
