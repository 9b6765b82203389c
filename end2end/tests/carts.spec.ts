// Several carts: kept, split by what cannot go now, shared, taken over by a colleague; and being told when something is back.
import { expect, test, type Page } from '@playwright/test';
import { accessible, complaints, people, ready, signIn } from './people';

async function add(page: Page, sku: string, quantity: string) {
  await page.goto('/quick-order');
  await ready(page);
  await page.getByLabel('SKU or words').fill(sku);
  await page.getByLabel('Quantity', { exact: true }).fill(quantity);
  await page.getByRole('button', { name: 'Add line' }).click();
  await expect(page.getByRole('button', { name: /^Add all/ })).toBeVisible();
  await ready(page);
  await page.getByRole('button', { name: /^Add all/ }).click();
  await expect(page.getByText(/added to your cart/)).toBeVisible();
}

async function carts(page: Page, name: string) {
  await test.step('splits what cannot go now off the cart', async () => {
    await add(page, 'TM-5M', '4');
    await add(page, 'HB-M8-50-A2', '10');
    await page.goto('/cart');
    await ready(page);
    await page.getByRole('link', { name: 'Split', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Comes later' })).toBeVisible();
    await expect(page.getByText(/Complete on/)).toBeVisible();
    await expect(page.getByText(/it costs .* more incl\. tax/)).toBeVisible();
    await ready(page);
    await page.getByRole('button', { name: 'Split cart' }).click();
    await expect(page.getByText('Saved as “Comes later” with 1 line. The rest is in your cart.')).toBeVisible();
    await expect(page.getByRole('row', { name: /Hex bolt M8 × 50/ })).toHaveCount(0);
  });

  await test.step('saves the rest under a name and begins anew', async () => {
    await ready(page);
    await page.getByRole('button', { name: 'Save cart…' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Save cart', exact: true }).click();
    await expect(page.getByText(`“${name}” is saved. Your cart is empty.`)).toBeVisible();
    await expect(page).toHaveURL(/\/carts$/);
  });

  await test.step('shares it with Ollie, who may take it over', async () => {
    await ready(page);
    await page.getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await ready(page);
    await page.getByLabel('Colleague').selectOption({ label: 'Ollie Grant' });
    await page.getByLabel('Right').selectOption({ label: 'May take it over' });
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Stop sharing with Ollie Grant' })).toBeVisible();
    await accessible(page);
  });

  await test.step('goes on with the part that comes later', async () => {
    await page.goto('/carts');
    await ready(page);
    await expect(page.getByRole('row', { name })).toContainText('shared with Ollie Grant');
    await page.getByRole('button', { name: 'Use Comes later' }).click();
    await expect(page).toHaveURL(/\/cart$/);
    await expect(page.getByRole('row', { name: /Hex bolt M8 × 50/ })).toBeVisible();
  });
}

test('a buyer keeps several carts, and takes a colleague’s over', async ({ page, browser }) => {
  const found = complaints(page);
  await signIn(page, people.both);
  await carts(page, 'Bench 7');

  await test.step('looks at what Jon shares, copies nothing, and takes it over', async () => {
    await page.goto('/carts');
    await ready(page);
    await page.getByRole('link', { name: 'Shutdown in December', exact: true }).click();
    await expect(page.getByRole('row', { name: /HB-M8-40-A2/ })).toContainText('24 BX');
    await ready(page);
    await accessible(page);
    await page.getByRole('button', { name: 'Take over…' }).click();
    await page.getByRole('button', { name: 'Take over', exact: true }).click();
    await expect(page).toHaveURL(/\/cart$/);
    await expect(page.getByRole('heading', { level: 1, name: 'Shutdown in December' })).toBeVisible();
    await ready(page);
    await page.goto('/carts');
    await ready(page);
    await expect(page.getByRole('row', { name: /Shutdown in December/ })).toContainText('In use');
  });

  await test.step('Jon is told', async () => {
    const theirs = await browser.newPage();
    const more = complaints(theirs);
    await signIn(theirs, people.buyer);
    await theirs.goto('/notices');
    await expect(theirs.getByRole('link', { name: 'Lena Fischer has taken over your cart “Shutdown in December”' })).toBeVisible();
    expect(more).toEqual([]);
    await theirs.close();
  });
  expect(found).toEqual([]);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('a buyer keeps several carts', async ({ page }) => {
    await signIn(page, people.vireo);
    await add(page, 'TM-5M', '4');
    await page.goto('/cart');
    await page.getByRole('button', { name: 'Save cart…' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Van 9');
    await page.getByRole('button', { name: 'Save cart', exact: true }).click();
    await expect(page.getByText('“Van 9” is saved. Your cart is empty.')).toBeVisible();
    await page.getByRole('button', { name: 'Use Van 9' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Van 9' })).toBeVisible();
    await expect(page.getByRole('row', { name: /TM-5M/ })).toBeVisible();
  });
});

test('a buyer sees what changes, and waits for what is gone', async ({ page }) => {
  const found = complaints(page);
  await signIn(page, people.buyer);
  await page.goto('/alerts');
  await ready(page);
  await expect(page.getByRole('heading', { name: /^Prices that change within/ })).toBeVisible();
  const wrap = page.getByRole('row', { name: /Pallet wrap|Stretch|PW-500-17/ }).first();
  await expect(wrap).toContainText('Dearer');
  await page.getByRole('button', { name: 'Remove Hex bolt M8 × 50, A2-70' }).click();
  await expect(page.getByText('You do not wait for HB-M8-50-A2 any more.')).toBeVisible();
  await page.goto('/products/HB-M8-50-A2');
  await ready(page);
  await page.getByRole('button', { name: 'Tell me when it is back' }).click();
  await expect(page.getByText('We tell you when HB-M8-50-A2 can be had again.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Do not tell me' })).toBeVisible();
  expect(found).toEqual([]);
});
