// Finding things: suggestions while typing, keys from anywhere, what is misspelled, ranges, synonyms, a line typed into the quick order.
import { expect, test, type Page } from '@playwright/test';
import { accessible, complaints, people, ready, signIn } from './people';

const box = (page: Page) => page.getByRole('combobox', { name: /^Search/ });
const option = (page: Page, name: RegExp) => page.getByRole('option', { name });

test('a buyer finds products, orders and places by keys alone', async ({ page }) => {
  const found = complaints(page);
  await signIn(page, people.buyer);
  await ready(page);
  await page.keyboard.press('Control+k');
  await expect(option(page, /^Quick order/)).toBeVisible();
  await page.keyboard.type('gloves');
  await expect(option(page, /^Cut-resistant gloves/).first()).toBeVisible();
  await expect(page.getByRole('group', { name: 'Products' })).toContainText('bought before');
  await accessible(page);
  await page.keyboard.press('ArrowDown');
  await expect(option(page, /^Cut-resistant gloves/).first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: /^Cut-resistant gloves/ })).toBeVisible();
  await ready(page);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('SO-');
  await page.keyboard.type('2026');
  await option(page, /^SO-2026-/).first().click();
  await expect(page.getByRole('heading', { level: 1, name: /SO-2026-/ })).toBeVisible();
  await ready(page);

  await page.keyboard.press('/');
  await page.keyboard.type('buy ag');
  await expect(option(page, /^Buy again/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(option(page, /^Buy again/)).toBeHidden();
  await page.keyboard.press('ArrowDown');
  await option(page, /^Buy again/).click();
  await expect(page).toHaveURL('/buy-again');
  expect(found).toEqual([]);
});

test('everybody searches what they may see', async ({ page, browser }) => {
  await signIn(page, people.finance);
  await ready(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('INV-20');
  await option(page, /^INV-20/).first().click();
  await expect(page.getByRole('heading', { level: 1, name: /^Invoice INV-/ })).toBeVisible();

  const desk = await browser.newContext();
  const rep = await desk.newPage();
  await signIn(rep, people.rep);
  await ready(rep);
  await rep.keyboard.press('Control+k');
  await rep.keyboard.type('acme man');
  await option(rep, /^Acme Manufacturing/).first().click();
  await expect(rep.getByRole('heading', { level: 1, name: /^Acme Manufacturing/ })).toBeVisible();
  await desk.close();
});

async function finds(page: Page) {
  await signIn(page, people.buyer);
  await page.goto('/search?q=degreser');
  await expect(page.getByRole('main')).toContainText('These are for “degreaser”.');
  await page.goto('/search?q=qqqqqqq');
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Ask us for it' })).toBeVisible();
}

test('the seller says which words mean the same', async ({ page, browser }) => {
  const found = complaints(page);
  await signIn(page, people.staff);
  await page.goto('/sales/synonyms');
  await ready(page);
  await page.getByLabel('Phrases').fill('sticky ribbon, tape');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText('sticky ribbon, tape mean the same from now on.')).toBeVisible();
  const shop = await browser.newContext();
  const buyer = await shop.newPage();
  await signIn(buyer, people.buyer);
  await buyer.goto('/search?q=sticky+ribbon');
  await expect(buyer.getByRole('main').getByRole('link', { name: /tape/i }).first()).toBeVisible();
  await shop.close();
  await page.getByRole('button', { name: 'Take away sticky ribbon, tape' }).click();
  await expect(page.getByText('They are words of their own again.')).toBeVisible();
  expect(found).toEqual([]);
});

test('a line is typed into the quick order', async ({ page }) => {
  const found = complaints(page);
  await signIn(page, people.junior);
  await page.goto('/quick-order');
  await ready(page);
  await page.getByLabel('SKU or words').pressSequentially('packing tape');
  await option(page, /TP-48-CL/).click();
  await expect(page.getByLabel('Quantity', { exact: true })).toBeFocused();
  await page.keyboard.type('72');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('row', { name: /TP-48-CL/ })).toContainText('72');
  expect(found).toEqual([]);
});

/// The company's own number, taken in and found.
async function numbers(page: Page, own: string) {
  await signIn(page, people.globex);
  await page.goto('/part-numbers');
  await ready(page);
  await page.getByLabel('Your number and our SKU').fill(`${own}, TP-48-CL\nlost, NO-SUCH`);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText('1 number taken in.')).toBeVisible();
  await expect(page.getByText('NO-SUCH is no article of your assortment')).toBeVisible();
  await ready(page);
  await page.getByLabel('CSV or XLSX').setInputFiles({ name: 'numbers.csv', mimeType: 'text/csv', buffer: Buffer.from(`${own},TP-48-CL\n`) });
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(page.getByText('1 known already.')).toBeVisible();
  await page.goto(`/search?q=${own}`);
  await expect(page.getByRole('row', { name: /TP-48-CL/ })).toBeVisible();
  await page.goto('/products/TP-48-CL');
  await expect(page.getByRole('main')).toContainText(own);
  await page.goto(`/part-numbers?q=${own}`);
  await ready(page);
  await page.getByRole('button', { name: `Forget ${own} for TP-48-CL` }).click();
  await expect(page.getByText(`${own} is forgotten.`)).toBeVisible();
}

test('a company orders by its own numbers', async ({ page }) => {
  const found = complaints(page);
  await numbers(page, 'GLX-77-A');
  expect(found).toEqual([]);
});

test('what is misspelled or not there is helped with', async ({ page }) => finds(page));

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('what is misspelled or not there is helped with', async ({ page }) => finds(page));
  test('a company orders by its own numbers', async ({ page }) => numbers(page, 'GLX-77-B'));
  test('a line is typed into the quick order', async ({ page }) => {
    await signIn(page, people.junior);
    await page.goto('/quick-order');
    await page.getByLabel('SKU or words').fill('TP-48-CL');
    await page.getByLabel('Quantity', { exact: true }).fill('36');
    await page.getByRole('button', { name: 'Add line' }).click();
    await expect(page.getByRole('row', { name: /TP-48-CL/ })).toBeVisible();
  });
});
