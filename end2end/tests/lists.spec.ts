// Many lines at once: pasted, mended, learnt, kept as a list, counted against its par levels, ordered.
import { expect, test, type Page } from '@playwright/test';
import { complaints, people, ready, signIn } from './people';

async function orders(page: Page, own: string) {
  await signIn(page, people.north);

  await test.step('pastes what they have, and mends what is not understood', async () => {
    await page.goto('/quick-order');
    await ready(page);
    await page.getByLabel('Articles and quantities').fill(`12 x TP-48-CL\nGL-CUT-D-9\t2\tBX\n${own} 3\nwhat is this`);
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await expect(page.getByRole('row', { name: 'Cut-resistant gloves, size 9' })).toContainText('120 PR');
    await ready(page);
    const open = page.getByRole('listitem').filter({ hasText: `${own} 3` });
    await expect(open).toContainText('Line 3: No such article in your assortment.');
    await open.getByLabel('SKU').fill('TM-5M');
    await open.getByLabel('We call it so').check();
    await open.getByRole('button', { name: 'Take this for line 3' }).click();
    await expect(page.getByRole('row', { name: /line 3/ })).toContainText('3 EA');
    await ready(page);
    const csv = await page.request.get('/quick-order/open.csv');
    expect(await csv.text()).toContain('4,what is this,');
  });

  await test.step('uploads a file', async () => {
    await page.getByLabel('CSV or XLSX').setInputFiles({ name: 'more.csv', mimeType: 'text/csv', buffer: Buffer.from(`sku,quantity\n${own},2\n`) });
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await expect(page.getByText('The file is read.')).toBeVisible();
    await expect(page.getByRole('row', { name: /TM-5M/ })).toContainText('5 EA');
    await ready(page);
  });

  await test.step('keeps it as a list', async () => {
    await page.getByRole('link', { name: 'Save as list' }).click();
    await ready(page);
    await page.getByLabel('Name', { exact: true }).fill(`Van of ${own}`);
    await page.getByRole('button', { name: 'Save as list' }).click();
    await expect(page.getByRole('heading', { level: 1, name: `Van of ${own}` })).toBeVisible();
    await ready(page);
    const tape = page.getByRole('row', { name: /Packing tape 48 mm, clear/ });
    await tape.getByLabel('Par').fill('36');
    await tape.getByRole('button', { name: /^Update/ }).click();
    await expect(page.getByText('Par level 36 RL')).toBeVisible();
    await ready(page);
  });

  await test.step('orders what is missing on the shelf', async () => {
    await page.getByLabel(/Packing tape 48 mm, clear/).last().fill('30');
    await page.getByRole('button', { name: 'Add what is missing' }).click();
    await expect(page.getByText('1 line added to your cart.')).toBeVisible();
    await expect(page).toHaveURL(/\/cart$/);
    await expect(page.getByRole('row', { name: /Packing tape 48 mm, clear/ })).toBeVisible();
  });

  await test.step('orders from the list of the company above, and cannot change it', async () => {
    await page.goto('/lists');
    await ready(page);
    await page.getByRole('link', { name: 'Weekly consumables' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Weekly consumables' })).toBeVisible();
    await ready(page);
    await expect(page.getByRole('button', { name: 'Delete list…' })).toHaveCount(0);
    await page.getByRole('button', { name: 'Add all 5 to cart' }).click();
    await expect(page.getByText('5 lines added to your cart.')).toBeVisible();
    const code = await page.request.get('/products/GL-CUT-D-9/barcode.svg');
    expect(code.headers()['content-type']).toBe('image/svg+xml');
  });

  await test.step('adds the quick order to the cart; what is left stays', async () => {
    await page.goto('/quick-order');
    await ready(page);
    await page.getByRole('button', { name: 'Add all 3 to cart' }).click();
    await expect(page.getByText(/^3 lines added to your cart\. 2 lines are kept here, to mend/)).toBeVisible();
    await expect(page.getByLabel('Articles and quantities')).toHaveValue('what is this\nsku,quantity');
    await ready(page);
    await page.getByLabel('Articles and quantities').fill('');
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'To mend' })).toHaveCount(0);
  });
}

test('a buyer orders many lines at once', async ({ page }) => {
  const found = complaints(page);
  await orders(page, 'NORTH-4711');
  expect(found).toEqual([]);
});

test('the camera types what it reads, once, where the browser reads barcodes', async ({ page, context }) => {
  await context.grantPermissions(['camera']);
  await page.addInitScript(() => {
    let looks = 0;
    // What a browser on a telephone brings: the same code in every picture.
    class BarcodeDetector {
      async detect() {
        looks += 1;
        return looks > 1 ? [{ rawValue: 'TP-48-CL' }] : [];
      }
    }
    Object.assign(window, { BarcodeDetector });
  });
  const found = complaints(page);
  await signIn(page, people.globex);
  await page.goto('/quick-order');
  await ready(page);
  await page.getByRole('button', { name: 'Scan with the camera' }).click();
  await expect(page.getByText('Read TP-48-CL.')).toBeVisible();
  await expect(page.getByRole('row', { name: /TP-48-CL/ })).toContainText('1 RL');
  await page.waitForTimeout(1500);
  await expect(page.getByRole('row', { name: /TP-48-CL/ })).toContainText('1 RL');
  await page.getByRole('button', { name: 'Stop the camera' }).click();
  await expect(page.getByRole('button', { name: 'Scan with the camera' })).toBeVisible();
  expect(found).toEqual([]);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('a buyer orders many lines at once', async ({ page }) => {
    await orders(page, 'PLAIN-815');
  });
});
