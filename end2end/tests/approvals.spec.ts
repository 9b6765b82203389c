// A buyer sends an order that needs approval; a manager decides on a phone; a second tier; a rejection; a mail; a stand-in.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { accessible, complaints, control, people, ready, scripted, signIn } from './people';

const phone = { width: 360, height: 740 };

async function as(browser: Browser, email: string, options = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await signIn(page, email);
  return page;
}

/// Sends `quantity` pairs of gloves; gives the order's number.
async function send(page: Page, quantity: number): Promise<string> {
  await page.goto('/products/GL-CUT-D-9');
  await ready(page);
  await page.getByRole('spinbutton', { name: /^Quantity of Cut-resistant gloves, size 9/ }).fill(String(quantity));
  await page.getByRole('button', { name: /^Add to cart/ }).click();
  await expect(page.locator('.flashes')).toContainText('added');
  await page.goto('/checkout');
  await ready(page);
  await expect(page.getByRole('main')).toContainText('Who will approve');
  await expect(page.getByRole('main')).toContainText('Dana Reyes');
  await expect(page.getByRole('button', { name: 'Submit order' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Send for approval' }).click();
  await expect(page).toHaveURL(/\/orders\/SO-\d{4}-\d{6}/);
  await expect(page.locator('.head')).toContainText('Waiting for approval');
  return (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
}

async function open(page: Page, number: string) {
  await page.goto('/approvals');
  await ready(page);
  await page.getByRole('link', { name: number }).click();
  await expect(page.getByRole('heading', { level: 1, name: number })).toBeVisible();
  await ready(page);
}

async function status(page: Page, number: string, words: string) {
  await page.goto(`/orders/${number}`);
  await expect(page.locator('.head')).toContainText(words);
}

async function approvedOnAPhone(browser: Browser, options: object) {
  const buyer = await as(browser, people.junior, options);
  const number = await send(buyer, 120);
  const manager = await as(browser, people.manager, { ...options, viewport: phone });
  await open(manager, number);
  await expect(manager.getByRole('main')).toContainText('Ollie Grant');
  const approve = manager.getByRole('button', { name: 'Approve', exact: true });
  await approve.scrollIntoViewIfNeeded();
  const box = await approve.boundingBox();
  expect(box?.height ?? 0, 'a thumb finds the button').toBeGreaterThanOrEqual(44);
  if (await scripted(manager)) await accessible(manager);
  await approve.click();
  await expect(manager).toHaveURL(/\/approvals$/);
  await expect(manager.locator('.flashes')).toContainText(`You approved ${number}`);
  await status(buyer, number, 'Confirmed');
}

test.describe('approvals', () => {
  test.describe.configure({ mode: 'serial' });
  test.setTimeout(90_000);

  test('a manager approves on a phone', async ({ browser }) => approvedOnAPhone(browser, {}));

  test('a manager approves on a phone, without scripts', async ({ browser }) => approvedOnAPhone(browser, { javaScriptEnabled: false }));

  test('a manager approves less than was asked', async ({ browser }) => {
    const buyer = await as(browser, people.junior);
    const number = await send(buyer, 130);
    const manager = await as(browser, people.manager, { viewport: phone });
    await open(manager, number);
    const quantity = manager.getByRole('textbox', { name: /^Quantity of Cut-resistant gloves/ });
    await quantity.fill('115');
    await manager.getByRole('button', { name: 'Approve with changes' }).click();
    await expect(manager.getByRole('main')).toContainText('Order in steps of 10.');
    await expect(quantity).toHaveValue('115');
    await quantity.fill('110');
    await manager.getByRole('button', { name: 'Approve', exact: true }).click();
    await expect(manager.getByRole('main')).toContainText('You lowered quantities');
    await manager.getByRole('button', { name: 'Approve with changes' }).click();
    await expect(manager.locator('.flashes')).toContainText(`You approved ${number}`);
    await status(buyer, number, 'Confirmed');
    await expect(buyer.getByRole('main')).toContainText('GL-CUT-D-9: 130 → 110');
  });

  test('the bell rings while the page is open', async ({ browser }) => {
    const manager = await as(browser, people.manager);
    await ready(manager);
    const bell = manager.locator('nav a[href="/notices"]').first();
    const before = (await bell.textContent()) ?? '';
    await send(await as(browser, people.junior), 120);
    await expect(bell).not.toHaveText(before);
  });

  test('an approver needs no mouse', async ({ browser }) => {
    const buyer = await as(browser, people.junior);
    const [first, second] = [await send(buyer, 120), await send(buyer, 130)];
    const manager = await as(browser, people.manager);
    await manager.goto('/approvals');
    await ready(manager);
    // The list: down to the second order, ticked, and its page by Enter. Letters in a field stay letters.
    const row = (number: string) => manager.getByRole('row').filter({ has: manager.getByRole('link', { name: number }) });
    const focused = () => manager.evaluate(() => document.activeElement?.closest('tr')?.querySelector('a')?.textContent ?? '');
    for (let i = 0; i < 20 && (await focused()) !== second; i++) await manager.keyboard.press('j');
    expect(await focused()).toBe(second);
    await manager.keyboard.press('x');
    await expect(row(second).getByRole('checkbox')).toBeChecked();
    await manager.keyboard.press('x');
    await expect(row(second).getByRole('checkbox')).not.toBeChecked();
    await manager.keyboard.press('k');
    expect(await focused()).not.toBe(second);
    await manager.keyboard.press('j');
    await manager.keyboard.press('Enter');
    await expect(manager.getByRole('heading', { level: 1, name: second })).toBeVisible();
    await ready(manager);
    // The page: r asks for the reason first, and a in the reason is a letter.
    const reason = manager.getByLabel('Reason or question');
    await manager.keyboard.press('r');
    await expect(reason).toBeFocused();
    await manager.keyboard.type('a car');
    await expect(reason).toHaveValue('a car');
    await expect(manager.getByRole('heading', { level: 1, name: second })).toBeVisible();
    await reason.blur();
    await manager.keyboard.press('r');
    await expect(manager.getByRole('button', { name: 'Reject' })).toBeFocused();
    await manager.keyboard.press('q');
    await expect(manager.getByRole('button', { name: 'Ask' })).toBeFocused();
    await manager.keyboard.press('c');
    await expect(manager.getByRole('button', { name: 'Approve with changes' })).toBeFocused();
    await manager.keyboard.press('r');
    await manager.keyboard.press('Enter');
    await expect(manager.locator('.flashes')).toContainText(`You rejected ${second}`);
    await open(manager, first);
    await manager.keyboard.press('a');
    await expect(manager.getByRole('button', { name: 'Approve', exact: true })).toBeFocused();
    await manager.keyboard.press('Enter');
    await expect(manager.locator('.flashes')).toContainText(`You approved ${first}`);
    await buyer.goto('/cart');
    await ready(buyer);
    await buyer.getByRole('button', { name: /^Remove/ }).click();
    await expect(buyer.getByText('Your cart is empty')).toBeVisible();
  });

  test('a rejection hands back an editable cart', async ({ browser }) => {
    const buyer = await as(browser, people.junior);
    const number = await send(buyer, 130);
    const manager = await as(browser, people.manager);
    const found = complaints(buyer);
    await open(manager, number);
    await manager.getByRole('button', { name: 'Reject' }).click();
    await expect(manager.getByRole('main')).toContainText('Say why: the buyer reads it.');
    await manager.getByLabel('Reason or question').fill('Use up line 3 first');
    await manager.getByRole('button', { name: 'Reject' }).click();
    await expect(manager.locator('.flashes')).toContainText(`You rejected ${number}`);
    await status(buyer, number, 'Rejected');
    await expect(buyer.getByRole('main')).toContainText('Use up line 3 first');
    await buyer.goto('/cart');
    await ready(buyer);
    await expect(buyer.getByRole('spinbutton', { name: /gloves, size 9/ })).toHaveValue('130');
    await buyer.getByRole('button', { name: /^Remove/ }).click();
    await expect(buyer.getByText('Your cart is empty')).toBeVisible();
    await buyer.goto('/notices');
    await expect(buyer.getByRole('main')).toContainText('rejected your order');
    expect(found).toEqual([]);
  });

  test('a large order needs a second tier', async ({ browser }) => {
    const buyer = await as(browser, people.junior);
    const number = await send(buyer, 1300);
    const manager = await as(browser, people.manager);
    await open(manager, number);
    await manager.getByRole('button', { name: 'Approve', exact: true }).click();
    await expect(manager.locator('.flashes')).toContainText('Others decide next');
    await status(buyer, number, 'Waiting for approval');
    const director = await as(browser, people.director);
    await open(director, number);
    await director.getByRole('button', { name: 'Approve', exact: true }).click();
    await expect(director.locator('.flashes')).toContainText('confirmed');
    await status(buyer, number, 'Confirmed');
  });

  test('a mailed link decides once, without signing in', async ({ browser }) => {
    const buyer = await as(browser, people.junior);
    const number = await send(buyer, 120);
    const stranger = await (await browser.newContext({ viewport: phone })).newPage();
    const mail = stranger.locator('article', { hasText: number }).filter({ hasText: people.manager });
    await expect(async () => {
      await stranger.goto('/demo/mail');
      await expect(mail).toBeVisible({ timeout: 500 });
    }).toPass();
    const link = await mail.getByRole('link', { name: /\/approve\// }).getAttribute('href');
    await stranger.goto(link ?? '');
    await expect(stranger.getByRole('heading', { level: 1 })).toContainText(number);
    await ready(stranger);
    await accessible(stranger);
    await stranger.getByRole('button', { name: 'Approve', exact: true }).click();
    await expect(stranger.getByRole('heading', { level: 1 })).toHaveText('Thank you');
    await status(buyer, number, 'Confirmed');
    const again = await stranger.goto(link ?? '');
    expect(again?.status()).toBe(409);
    await expect(stranger.getByRole('main')).toContainText('has been used or has expired');
  });

  test('a stand-in decides for somebody who is away', async ({ browser }) => {
    const manager = await as(browser, people.manager);
    await manager.goto('/approvals');
    await ready(manager);
    await manager.getByLabel('Colleague').selectOption({ label: 'Marta Kowalski' });
    const today = await manager.getByLabel('First day').inputValue();
    await manager.getByLabel('Last day').fill(today);
    await manager.getByRole('button', { name: 'Delegate', exact: true }).click();
    await expect(manager.locator('.flashes')).toContainText('handed over');
    const buyer = await as(browser, people.junior);
    const number = await send(buyer, 120);
    const admin = await as(browser, people.admin);
    await open(admin, number);
    await expect(admin.getByRole('main')).toContainText('You decide for Dana Reyes');
    await admin.getByRole('button', { name: 'Approve', exact: true }).click();
    await expect(admin.locator('.flashes')).toContainText(`You approved ${number}`);
    await buyer.goto(`/approvals/${number}`);
    await expect(buyer.getByRole('main')).toContainText('Marta Kowalski for Dana Reyes');
  });

  test('an account admin writes a rule and sees what it would have done', async ({ browser }) => {
    const admin = await as(browser, people.admin);
    await admin.goto('/company/rules');
    await ready(admin);
    await expect(admin.getByText('Orders over £500.00 by buyers need one of the purchasing managers.')).toBeVisible();
    await admin.getByLabel('Name', { exact: true }).fill('Ladders');
    await admin.getByLabel('The product (SKU)').fill('LD-6');
    await admin.getByRole('group', { name: 'First, one of these decides' }).getByLabel('Finance', { exact: true }).check();
    await admin.getByRole('button', { name: 'What would it have done?' }).click();
    await expect(admin.locator('.flashes')).toContainText(/“Ladders” would have stopped \d+ of \d+ orders/);
    await admin.getByLabel('With something priced on request').check();
    await admin.getByRole('button', { name: 'Save rule' }).click();
    await expect(admin.getByText('Orders with LD-6 and with something priced on request need one of the finance users.').first()).toBeVisible();
    await control(admin, 'Edit Ladders').click();
    await expect(admin.getByLabel('With something priced on request')).toBeChecked();
    await admin.getByLabel('With something priced on request').uncheck();
    await admin.getByRole('button', { name: 'Save rule' }).click();
    await expect(admin.getByText('Orders with LD-6 need one of the finance users.').first()).toBeVisible();
    await control(admin, 'Switch off Ladders').click();
    await expect(admin.locator('.flashes')).toContainText('switched off');
    // Without leaving the page: the editor follows the address.
    await control(admin, 'Edit Over £5,000').click();
    await expect(admin.getByRole('heading', { name: 'Edit “Over £5,000”' })).toBeVisible();
    await expect(admin.getByLabel('Name', { exact: true })).toHaveValue('Over £5,000');
    await expect(admin.getByLabel('Total incl. tax over (GBP)')).toHaveValue('5000');
    await expect(admin.getByRole('group', { name: 'First, one of these decides' }).getByLabel('Finance', { exact: true })).toBeChecked();
  });

  test('an account admin keeps addresses, cost centres and budgets', async ({ browser }) => {
    const admin = await as(browser, people.admin);
    await admin.goto('/company/addresses');
    await ready(admin);
    await admin.getByLabel('Short name').fill('Yard');
    await admin.getByLabel('Company', { exact: true }).fill('Acme Manufacturing');
    await admin.getByLabel('Street and number').fill('9 Yard Lane');
    await admin.getByLabel('Postcode').fill('B24 9ZZ');
    await admin.getByLabel('Town').fill('Birmingham');
    await admin.getByRole('button', { name: 'Save address' }).click();
    await expect(admin.getByRole('row', { name: /Yard/ })).toContainText('9 Yard Lane');
    await admin.goto('/company/cost-centres');
    await ready(admin);
    await admin.getByLabel('Code').fill('yard');
    await admin.getByLabel('Name', { exact: true }).fill('The yard');
    await admin.getByRole('button', { name: 'Save cost centre' }).click();
    await expect(admin.getByRole('row', { name: /The yard/ })).toContainText('YARD');
    await admin.goto('/company/budgets');
    await ready(admin);
    await admin.getByLabel('Cost centre').selectOption({ label: 'The yard (YARD)' });
    await admin.getByLabel(/^Amount/).fill('1,500');
    await admin.getByRole('button', { name: 'Set budget' }).click();
    await expect(admin.getByText('£0.00 of £1,500.00 a month used')).toBeVisible();
  });

  test('the seller releases what goes beyond the credit limit', async ({ browser }) => {
    const staff = await as(browser, people.staff);
    await staff.goto('/sales/held');
    await expect(staff.getByRole('heading', { level: 1, name: 'Held orders' })).toBeVisible();
  });
});
