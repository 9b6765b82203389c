// A finance user sees what is due, opens a document, takes it along as PDF and the list as CSV.
import { expect, test, type Page } from '@playwright/test';
import { complaints, people, ready, signIn } from './people';

async function settles(page: Page) {
  await signIn(page, people.finance);

  await test.step('sees what is due', async () => {
    await expect(page.getByText('You owe')).toBeVisible();
    await expect(page.getByRole('main')).toContainText(/documents? (is|are) overdue/);
    await expect(page.getByRole('main')).toContainText('1–30 days');
  });

  await test.step('opens an invoice and downloads it', async () => {
    await page.getByRole('link', { name: 'Invoices', exact: true }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: 'Invoices' })).toBeVisible();
    await page.getByRole('link', { name: /^INV-/ }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: /^Invoice INV-/ })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Download XML' })).toBeVisible();
    const link = page.getByRole('link', { name: 'Download PDF' });
    const answer = await page.request.get((await link.getAttribute('href')) ?? '');
    expect(answer.status()).toBe(200);
    expect(answer.headers()['content-type']).toBe('application/pdf');
    expect((await answer.body()).subarray(0, 5).toString()).toBe('%PDF-');
    const download = page.waitForEvent('download');
    await link.click();
    expect((await download).suggestedFilename()).toMatch(/^INV-.*\.pdf$/);
  });

  await test.step('takes the list along', async () => {
    await page.goto('/invoices?show=all');
    await ready(page);
    const tab = page.getByRole('navigation', { name: 'Which documents' }).locator('[aria-current]');
    const said = Number(/\d+/.exec((await tab.textContent()) ?? '')?.[0]);
    expect(said).toBeGreaterThan(0);
    const href = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href');
    const answer = await page.request.get(href ?? '');
    expect(answer.headers()['content-type']).toContain('text/csv');
    const lines = (await answer.text()).trim().split(/\r?\n/);
    expect(lines[0]).toMatch(/number/i);
    expect(lines.length - 1).toBe(said);
  });

  await test.step('has no business with orders and carts', async () => {
    for (const path of ['/orders', '/cart', '/catalog', '/company/members']) {
      const answer = await page.goto(path);
      expect(answer?.status(), path).toBe(403);
      await expect(page.getByText('Not for your role')).toBeVisible();
    }
  });
}

test('finance settles what is due', async ({ page }) => {
  const found = complaints(page);
  await settles(page);
  // The browser itself reports pages that answer 403.
  expect(found.filter((text) => !text.includes('403'))).toEqual([]);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('finance settles what is due', async ({ page }) => {
    await settles(page);
  });
});

test('a buyer has no business with invoices', async ({ page }) => {
  await signIn(page, people.buyer);
  const answer = await page.goto('/invoices');
  expect(answer?.status()).toBe(403);
});
