// A buyer finds a product, understands its price, orders, orders again, and calls an order off.
import { expect, test, type Page } from '@playwright/test';
import { accessible, complaints, control, people, ready, scripted, signIn } from './people';

/// In both colour schemes, where axe can run at all.
async function checked(page: Page) {
  if (!(await scripted(page))) return;
  await ready(page);
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await accessible(page);
  }
}

async function buys(page: Page, email: string, po: string) {
  await signIn(page, email);
  await emptyCart(page);

  await test.step('finds the gloves', async () => {
    await page.goto('/');
    await ready(page);
    // A search box, which becomes a combobox once its suggestions have come.
    const name = /^Search products/;
    const search = page.getByRole('searchbox', { name }).or(page.getByRole('combobox', { name }));
    await search.fill('gloves size 9');
    await search.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Search: gloves size 9' })).toBeVisible();
    await page.getByRole('link', { name: /gloves, size 9$/ }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: 'Cut-resistant gloves, size 9' })).toBeVisible();
  });

  await test.step('understands the price', async () => {
    await expect(page.getByText('£4.60').first()).toBeVisible();
    await page.getByRole('link', { name: 'Why this price?' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Why this price?' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('Contract K-2041');
    await page.getByRole('link', { name: 'Cut-resistant gloves, size 9' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Cut-resistant gloves, size 9' })).toBeVisible();
    await ready(page);
  });

  await test.step('puts it into the cart', async () => {
    await page.getByRole('spinbutton', { name: /^Quantity of Cut-resistant gloves, size 9/ }).fill('20');
    await page.getByRole('button', { name: /^Add to cart/ }).click();
    await expect(page.getByRole('status')).toContainText('added');
    await page.getByRole('link', { name: /^Cart/ }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: 'Cart' })).toBeVisible();
    await expect(page.getByRole('row', { name: /Cut-resistant gloves, size 9/ })).toContainText('£92.00');
    await checked(page);
  });

  const number = await test.step('orders', async () => {
    await control(page, 'Checkout').click();
    await expect(page.getByRole('heading', { level: 1, name: 'Checkout' })).toBeVisible();
    await ready(page);
    await checked(page);
    await page.getByLabel(/^PO number/).fill(po);
    await page.getByRole('button', { name: 'Submit order' }).click();
    await expect(page).toHaveURL(/\/orders\/SO-\d{4}-\d{6}/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^SO-\d{4}-\d{6}$/);
    await expect(page.getByRole('main')).toContainText('Your order is confirmed');
    await expect(page.locator('.head')).toContainText('Confirmed');
    await checked(page);
    return (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
  });

  await test.step('finds the order and orders again', async () => {
    await page.goto('/orders');
    await ready(page);
    const row = page.getByRole('row', { name: new RegExp(number) });
    await expect(row).toContainText(po);
    await row.getByRole('link', { name: number }).click();
    await expect(page.getByRole('heading', { level: 1, name: number })).toBeVisible();
    await control(page, 'Reorder').click();
    await expect(page.getByRole('heading', { level: 1, name: `Reorder ${number}` })).toBeVisible();
    await ready(page);
    await expect(page.getByRole('checkbox', { name: /Cut-resistant gloves, size 9/ })).toBeChecked();
    await page.getByRole('button', { name: 'Add chosen lines to cart' }).click();
    await expect(page).toHaveURL(/\/cart$/);
    await expect(page.getByRole('row', { name: /Cut-resistant gloves, size 9/ })).toContainText('£92.00');
  });

  await test.step('cancels', async () => {
    await page.goto(`/orders/${number}`);
    await ready(page);
    await page.getByRole('button', { name: 'Cancel order…' }).click();
    const question = page.getByRole('dialog');
    await checked(page);
    await question.getByLabel('Reason').fill('Ordered twice');
    await question.getByRole('button', { name: 'Cancel order', exact: true }).click();
    await expect(page.locator('.head')).toContainText('Cancelled');
    await expect(page.getByRole('main')).toContainText('Ordered twice');
    await expect(page.getByRole('button', { name: 'Cancel order…' })).toHaveCount(0);
  });
}

async function emptyCart(page: Page) {
  await page.goto('/cart');
  await ready(page);
  const remove = page.getByRole('button', { name: /^Remove/ });
  for (let left = await remove.count(); left > 0; left--) {
    await remove.first().click();
    await expect(remove).toHaveCount(left - 1);
    await ready(page);
  }
  await expect(page.getByText('Your cart is empty')).toBeVisible();
}

// Both journeys use the same cart: tests of one file run one after the other.
test('a buyer orders, reorders and cancels', async ({ page }) => {
  test.setTimeout(90_000);
  const found = complaints(page);
  await buys(page, people.buyer, 'E2E 1');
  expect(found).toEqual([]);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('a buyer orders, reorders and cancels', async ({ page }) => {
    await buys(page, people.buyer, 'E2E 2');
  });
});

test('a wrong password is said, and nothing of it kept', async ({ page }) => {
  await page.goto('/login');
  await page.getByLabel('Email', { exact: true }).fill(people.globex);
  await page.getByLabel('Password', { exact: true }).fill('not this one, surely');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('do not go together');
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
});
