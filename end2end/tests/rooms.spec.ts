// Pages whose code the browser fetches when somebody goes there: opened, gone to, gone back to, and out of reach.
import { expect, test, type Page } from '@playwright/test';
import { complaints, people, ready, signIn } from './people';

const company = /\/pkg\/[0-9a-f]+\/company\.room$/;

/// The rooms that the page asks for, by name.
function rooms(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    const name = /\/pkg\/[0-9a-f]+\/(\w+)\.room$/.exec(request.url())?.[1];
    if (name) asked.push(name);
  });
  return asked;
}

/// By a link of the navigation; a page that is loaded anew loses the mark.
async function goes(page: Page, name: string) {
  await page.evaluate(() => Object.assign(window, { same: true }));
  await page.getByRole('navigation').getByRole('link', { name }).first().click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  expect(await page.evaluate(() => 'same' in window)).toBe(true);
}

test('a room is fetched when somebody goes there, once', async ({ page }) => {
  const found = complaints(page);
  const asked = rooms(page);
  await signIn(page, people.admin);
  expect(asked).toEqual([]);
  await goes(page, 'Budgets');
  expect(asked).toEqual(['company']);
  const before = asked.length;
  await goes(page, 'Addresses');
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'Budgets' })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL('/');
  await page.goForward();
  await expect(page.getByRole('heading', { level: 1, name: 'Budgets' })).toBeVisible();
  expect(asked.length).toBe(before);
  expect(found).toEqual([]);
});

test('a page in a room is alive when it is opened', async ({ page }) => {
  const found = complaints(page);
  await signIn(page, people.admin);
  const asked = rooms(page);
  await page.goto('/company/cost-centres');
  await ready(page);
  expect(asked).toEqual(['company']);
  await goes(page, 'Addresses');
  expect(found).toEqual([]);
});

test('a room out of reach is a page that says so', async ({ page }) => {
  await signIn(page, people.admin);
  await page.route(company, (route) => route.abort());
  await page.getByRole('navigation').getByRole('link', { name: 'Budgets' }).first().click();
  await expect(page.getByRole('heading', { name: 'This page could not be loaded' })).toBeVisible();
  await expect(page).toHaveURL('/company/budgets');
  await page.unroute(company);
  await page.getByRole('link', { name: 'Load it again' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Budgets' })).toBeVisible();
});

test('an opened page whose room is out of reach works as the server made it', async ({ page }) => {
  await signIn(page, people.admin);
  await page.route(company, (route) => route.abort());
  await page.goto('/company/addresses');
  // Nothing takes it over, so it is never ready.
  await page.waitForLoadState('networkidle');
  await page.getByRole('navigation').getByRole('link', { name: 'Budgets' }).first().click();
  await expect(page).toHaveURL('/company/budgets');
  await expect(page.getByRole('heading', { level: 1, name: 'Budgets' })).toBeVisible();
});

test('whoever leaves before a page is taken over gets where they go', async ({ page }) => {
  const found = complaints(page);
  await signIn(page, people.buyer);
  for (const name of ['Orders', 'Catalog', 'Lists']) {
    await page.goto('/catalog', { waitUntil: 'commit' });
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await ready(page);
  }
  // A quantity that was typed meanwhile stays.
  await page.goto('/catalog', { waitUntil: 'commit' });
  const quantity = page.getByRole('spinbutton', { name: /^Quantity of/ }).first();
  await quantity.fill('77');
  await ready(page);
  await expect(quantity).toHaveValue('77');
  expect(found).toEqual([]);
});
