// One person with seats in two accounts; and a forgotten password.
import { expect, test, type Page } from '@playwright/test';
import { complaints, people, ready, signIn } from './people';

async function changesAccount(page: Page, name: string) {
  await page.getByRole('button', { name: /Your menu/ }).click();
  // The chosen one says so after its name.
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole('button', { name: /Your menu/ })).toContainText(name);
  await ready(page);
}

async function finds(page: Page, words: string): Promise<boolean> {
  await page.goto(`/search?q=${encodeURIComponent(words)}`);
  await ready(page);
  await expect(page.getByRole('heading', { level: 1, name: /^Search:/ })).toBeVisible();
  return (await page.getByRole('link', { name: /gloves/i }).count()) > 0;
}

async function worksInTwo(page: Page) {
  await signIn(page, people.both);
  await changesAccount(page, 'Acme Manufacturing');

  expect(await finds(page, 'gloves size 9')).toBe(true);
  await page.getByRole('button', { name: /^Add to cart: .*gloves/i }).first().click();
  await expect(page.getByRole('status')).toContainText('cart');
  await page.goto('/cart');
  await ready(page);
  await expect(page.getByRole('row', { name: /gloves, size 9/ })).toBeVisible();

  await changesAccount(page, 'Globex Logistics');
  await page.goto('/cart');
  await expect(page.getByText('Your cart is empty')).toBeVisible();
  expect(await finds(page, 'gloves size 9')).toBe(false);
  const answer = await page.goto('/products/GL-CUT-D-9');
  expect(answer?.status()).toBe(404);
  await page.goto('/catalog');
  await expect(page.getByRole('heading', { level: 1, name: 'Catalog' })).toBeVisible();
  await expect(page.locator('tbody tr').first()).toBeVisible();

  await changesAccount(page, 'Acme Manufacturing');
  await page.goto('/cart');
  await expect(page.getByRole('row', { name: /gloves, size 9/ })).toBeVisible();
}

async function forgets(page: Page, email: string, chosen: string) {
  await page.goto('/login');
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Choose a new password' })).toBeVisible();
  await ready(page);
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(page.getByText('Look into your mailbox.')).toBeVisible();

  const mail = page.getByRole('article').filter({ hasText: `to ${email}` }).filter({ has: page.getByRole('link', { name: /\/reset\// }) }).first();
  await expect(async () => {
    await page.goto('/demo/mail');
    await expect(mail).toBeVisible({ timeout: 500 });
  }).toPass();
  const link = (await mail.getByRole('link').getAttribute('href')) ?? '';
  await page.goto(link);
  await ready(page);
  await page.getByLabel('New password').fill(chosen);
  await page.getByRole('button', { name: 'Save password' }).click();
  await expect(page.getByText('Your password is set.')).toBeVisible();
  await signIn(page, email, chosen);

  // It works once.
  await page.context().clearCookies();
  await page.goto(link);
  await expect(page.getByLabel('New password')).toHaveCount(0);
}

test('buys for two companies, and never mixes them', async ({ page }) => {
  const found = complaints(page);
  await worksInTwo(page);
  expect(found.filter((text) => !text.includes('404'))).toEqual([]);
});

test('chooses a new password by a mailed link', async ({ page }) => {
  // Somebody whom no later journey signs in: it may run beside this one.
  await forgets(page, people.director, 'a longer one than before');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  // The cart is the same person's in both runs.
  test.describe.configure({ mode: 'serial' });
  test('buys for two companies, and never mixes them', async ({ page }) => {
    await worksInTwo(page);
  });
  test('chooses a new password by a mailed link', async ({ page }) => {
    // As above.
    await forgets(page, people.vireo, 'quite another password');
  });
});
