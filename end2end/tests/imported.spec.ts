// The main job on a real wholesaler's year (docs/import.md): needs a server that runs on the imported database, with the
// demo's password set for the account's buyer and finance user:
//   BUYERDESK_E2E=http://127.0.0.1:3000 BUYERDESK_IMPORTED=1 npx playwright test imported
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { complaints, control, ready, signIn } from './people';

test.skip(!process.env.BUYERDESK_IMPORTED, 'no imported database: set BUYERDESK_IMPORTED=1 and BUYERDESK_E2E');

test('account 14646 orders at its contract, orders 125 lines again, and finance reads the invoice', async ({ page, browser }, info) => {
  test.setTimeout(60_000);
  const found = complaints(page);
  await signIn(page, 'buyer@14646.example');

  await test.step('finds a product at the contract price, explained', async () => {
    await page.goto('/search?q=jumbo+bag+owls');
    await page.getByRole('link', { name: 'Jumbo Bag Owls' }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: 'Jumbo Bag Owls' })).toBeVisible();
    await page.goto('/products/20713/price?quantity=100');
    await expect(page.getByRole('main')).toContainText('Contract K-14646');
    await expect(page.getByRole('main')).toContainText('£1.79');
  });

  await test.step('orders', async () => {
    await page.goto('/products/20713');
    await ready(page);
    await page.getByRole('spinbutton', { name: /^Quantity of Jumbo Bag Owls/ }).fill('100');
    await page.getByRole('button', { name: /^Add to cart/ }).click();
    await expect(page.locator('.flashes')).toContainText('added');
    await page.goto('/checkout');
    await ready(page);
    await expect(page.getByRole('row', { name: /Jumbo Bag Owls/ })).toContainText('£179.00');
    await page.getByLabel(/^PO number/).fill('IMPORT-1');
    await page.getByRole('button', { name: 'Submit order' }).click();
    await expect(page).toHaveURL(/\/orders\/SO-\d{4}-\d{6}/);
    await expect(page.getByRole('main')).toContainText('£179.00');
  });

  await test.step('reorders order 572035 with its 125 lines', async () => {
    await page.goto('/orders?q=572035');
    await page.getByRole('link', { name: '572035', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: '572035' })).toBeVisible();
    await control(page, 'Reorder').click();
    await ready(page);
    await expect(page.locator('#lines tbody tr')).toHaveCount(125);
    await page.getByRole('button', { name: 'Add all that can be ordered' }).click();
    await expect(page).toHaveURL(/\/cart$/);
    await expect(page.locator('.flashes')).toContainText(/lines? of 572035 added to your cart/);
  });
  expect(found).toEqual([]);

  const finance = await (await browser.newContext()).newPage();
  await signIn(finance, 'finance@14646.example');
  await test.step('finance opens the invoice and its PDF', async () => {
    await finance.goto('/invoices?show=all&q=572035');
    await finance.getByRole('link', { name: '572035', exact: true }).click();
    await expect(finance.getByRole('main')).toContainText('£20,277.92');
    const pdf = await finance.request.get('/invoices/572035.pdf');
    expect(pdf.headers()['content-type']).toBe('application/pdf');
    const file = info.outputPath('572035.pdf');
    writeFileSync(file, await pdf.body());
    const text = execFileSync('pdftotext', ['-layout', file, '-']).toString();
    expect(text).toContain('572035');
    expect(text).toContain('20,277.92');
  });
  await test.step('and sees what is owed', async () => {
    await finance.goto('/invoices?show=open');
    await expect(finance.getByRole('main')).toContainText(/You owe\s*£[\d,]+\.\d\d/);
  });
});
