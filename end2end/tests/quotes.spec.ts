// A buyer asks for a quote, a rep answers, the buyer asks for changes, accepts the second version, a manager approves the order.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { accessible, complaints, people, ready, scripted, signIn } from './people';

async function as(browser: Browser, email: string, options = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await signIn(page, email);
  return page;
}

/// The title of a quote as a heading; then its number.
async function openQuote(page: Page, base: string, title: string): Promise<string> {
  await page.goto(base);
  await ready(page);
  await page.getByRole('link', { name: title }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  await ready(page);
  return page.url().split('/').pop() ?? '';
}

async function negotiated(browser: Browser, options: object, title: string) {
  const buyer = await as(browser, people.junior, options);
  const found = complaints(buyer);
  await buyer.goto('/products/GL-CUT-D-9');
  await ready(buyer);
  await buyer.getByRole('link', { name: /Request a quote/ }).click();
  await expect(buyer.getByRole('heading', { level: 1, name: 'Request a quote' })).toBeVisible();
  await ready(buyer);
  await expect(buyer.getByRole('main')).toContainText('Cut-resistant gloves, size 9');
  await buyer.getByLabel('Quantity').first().fill('60');
  await buyer.getByLabel('Target price').first().fill('3.90');
  // A row of one's own words, and one more row for nothing: what is typed stays.
  await buyer.getByLabel('Article number or description').first().fill('Glove dispenser for the wall');
  await buyer.getByLabel('Quantity').nth(1).fill('20');
  await buyer.getByRole('button', { name: 'More rows' }).click();
  await expect(buyer).toHaveURL(/rows=/);
  await ready(buyer);
  await expect(buyer.getByLabel('Article number or description').first()).toHaveValue('Glove dispenser for the wall');
  await buyer.getByLabel('Title (optional)').fill(title);
  if (await scripted(buyer)) await accessible(buyer);
  // What is wrong is said, and what was typed is kept.
  await buyer.getByLabel('Quantity').first().fill('none');
  await buyer.getByRole('button', { name: 'Request a quote' }).click();
  await expect(buyer.getByRole('main')).toContainText('Enter a quantity');
  await ready(buyer);
  await expect(buyer.getByLabel('Title (optional)')).toHaveValue(title);
  await buyer.getByLabel('Quantity').first().fill('60');
  await buyer.getByRole('button', { name: 'Request a quote' }).click();
  await expect(buyer).toHaveURL(/\/quotes\/Q-\d{4}-\d{6}$/);
  await expect(buyer.locator('.head')).toContainText('Requested');
  await ready(buyer);
  await buyer.getByLabel('Attach a file').setInputFiles({ name: 'wall.csv', mimeType: 'text/csv', buffer: Buffer.from(`wall;${title}\n`) });
  await buyer.getByRole('button', { name: 'Attach', exact: true }).click();
  await expect(buyer.getByRole('link', { name: 'wall.csv' })).toBeVisible();

  const rep = await as(browser, people.rep, options);
  const number = await openQuote(rep, '/sales/quotes', title);
  await expect(rep.getByRole('main')).toContainText('would like £3.90');
  await rep.getByLabel('Price, each').first().fill('4.10');
  const dispenser = rep.getByRole('group', { name: 'Line 2' });
  await dispenser.getByLabel('Price, each').fill('39');
  await dispenser.getByLabel('Another quantity').fill('20');
  await dispenser.getByText('Quantity, delivery, cost, note').click();
  await dispenser.getByLabel('Days to deliver').fill('10');
  await rep.getByRole('button', { name: 'Preview' }).click();
  await expect(rep.getByRole('heading', { level: 1, name: `${number} as the customer will see it` })).toBeVisible();
  await ready(rep);
  await expect(rep.getByRole('main')).toContainText('£4.10');
  await expect(rep.getByRole('main')).not.toContainText('margin');
  await rep.getByRole('link', { name: 'Back to the draft' }).click();
  await expect(rep.getByRole('button', { name: 'Send quote' })).toBeVisible();
  await ready(rep);
  if (await scripted(rep)) await accessible(rep);
  await rep.getByRole('button', { name: 'Send quote' }).click();
  await expect(rep.locator('.flashes')).toContainText(`Version 1 of ${number} is with the customer`);

  await buyer.goto(`/quotes/${number}`);
  await ready(buyer);
  await expect(buyer.locator('.head')).toContainText('Quoted');
  await expect(buyer.getByRole('main')).not.toContainText('margin');
  await buyer.getByLabel('What should be different, or why not').fill('3.90 if we take all of it?');
  await buyer.getByRole('button', { name: 'Ask for changes' }).click();
  await expect(buyer.locator('.head')).toContainText('Changes asked for');

  await rep.goto(`/sales/quotes/${number}`);
  await ready(rep);
  await expect(rep.getByRole('main')).toContainText('3.90 if we take all of it?');
  await rep.getByLabel('Price, each').first().fill('3.90');
  await rep.getByRole('button', { name: 'Send quote' }).click();
  await expect(rep.locator('.flashes')).toContainText('Version 2');

  await buyer.goto(`/quotes/${number}`);
  await ready(buyer);
  if (await scripted(buyer)) await accessible(buyer);
  await buyer.getByRole('link', { name: 'What changed since version 1' }).click();
  await expect(buyer.getByRole('main')).toContainText('60 or more at £3.90');
  await buyer.goto(`/quotes/${number}`);
  await ready(buyer);
  await expect(buyer.getByRole('main')).toContainText('Who will approve the order');
  // An offer for 60 or more: fewer are refused at their field.
  await buyer.getByLabel(/^Quantity of Cut-resistant/).fill('59');
  await buyer.getByRole('button', { name: 'Accept quote' }).click();
  await expect(buyer.getByRole('main')).toContainText('is for 60 or more');
  await ready(buyer);
  await buyer.getByLabel(/^Quantity of Cut-resistant/).fill('60');
  await buyer.getByRole('button', { name: 'Accept quote' }).click();
  await expect(buyer).toHaveURL(/\/orders\/SO-\d{4}-\d{6}/);
  await expect(buyer.locator('.head')).toContainText('Waiting for approval');
  const order = (await buyer.getByRole('heading', { level: 1 }).textContent()) ?? '';
  await expect(buyer.getByRole('main')).toContainText(`Quote ${number}, version 2`);

  const manager = await as(browser, people.manager, options);
  await manager.goto(`/approvals/${order}`);
  await ready(manager);
  await manager.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(manager.locator('.flashes')).toContainText(`You approved ${order}`);
  await buyer.goto(`/orders/${order}`);
  await expect(buyer.locator('.head')).toContainText('Confirmed');
  await buyer.getByRole('link', { name: number }).click();
  await expect(buyer.locator('.head')).toContainText('Ordered');
  // The browser itself notes the two answers that say what is wrong, and without scripts what they would have needed.
  if (await scripted(buyer)) expect(found.filter((words) => !words.includes('status of 422'))).toEqual([]);
}

test.describe('quotes', () => {
  test.describe.configure({ mode: 'serial' });
  test.setTimeout(120_000);

  test('asked for, negotiated, accepted, approved', async ({ browser }) => negotiated(browser, {}, 'Gloves for the night shift'));

  test('the same without scripts', async ({ browser }) =>
    negotiated(browser, { javaScriptEnabled: false }, 'Gloves for the late shift'));

  test('every version is a PDF with what it says', async ({ browser }) => {
    const buyer = await as(browser, people.buyer);
    await openQuote(buyer, '/quotes', 'Gloves and cartons for the new line');
    const [download] = await Promise.all([
      buyer.waitForEvent('download'),
      buyer.getByRole('link', { name: 'Download PDF of version 1' }).click(),
    ]);
    const path = await download.path();
    expect(readFileSync(path).subarray(0, 5).toString()).toBe('%PDF-');
    const text = execFileSync('pdftotext', ['-layout', path, '-']).toString();
    for (const words of ['Halden Supply', 'Printed cartons 600 × 400', '£4.05', '£2.35', '400 or more', 'How to accept']) expect(text).toContain(words);
    expect(text).not.toContain('margin');
  });

  test('a price below the floor margin waits for a colleague', async ({ browser }) => {
    const rep = await as(browser, people.rep);
    const number = await openQuote(rep, '/sales/quotes', 'Lamps for the loading bay');
    await rep.getByLabel('Price, each').first().fill('20');
    await rep.getByRole('group', { name: 'Line 2' }).getByLabel('Price, each').fill('12');
    await rep.getByRole('button', { name: 'Send quote' }).click();
    await expect(rep.locator('.flashes')).toContainText('below the floor margin');
    await ready(rep);
    await rep.getByLabel('Why these prices are worth it').fill('They buy twenty more next month.');
    await rep.getByRole('button', { name: 'Ask for release' }).click();
    await expect(rep.getByRole('main')).toContainText('Ruth Ito has asked for a release');
    const chief = await as(browser, people.staff);
    await chief.goto('/sales/quotes?show=release');
    await ready(chief);
    await chief.getByRole('link', { name: 'Lamps for the loading bay' }).click();
    await expect(chief.getByRole('main')).toContainText('They buy twenty more next month.');
    await ready(chief);
    await accessible(chief);
    await chief.getByRole('button', { name: 'Release', exact: true }).click();
    await expect(chief.locator('.flashes')).toContainText('Released');
    await rep.goto(`/sales/quotes/${number}`);
    await ready(rep);
    await rep.getByRole('button', { name: 'Send quote' }).click();
    await expect(rep.locator('.flashes')).toContainText(`Version 1 of ${number}`);
  });
});
