// A rep orders for a member, who sees it; a proposed cart; a shipment in the buyer's timeline; consent; without scripts too.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { accessible, complaints, people, ready, scripted, signIn } from './people';

/// A buyer of these journeys alone, so that no other one finds something in her cart.
const rosa = { name: 'Rosa Quinn', email: 'rosa@acme.example', secret: 'a password of Rosa' };

async function as(browser: Browser, email: string, options = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await signIn(page, email, email === rosa.email ? rosa.secret : undefined);
  return page;
}

/// Marta invites Rosa, who chooses a password.
async function invites(browser: Browser) {
  const admin = await as(browser, people.admin);
  await admin.goto('/company/members');
  await ready(admin);
  await admin.getByLabel('People').fill(`${rosa.email}, ${rosa.name}, buyer`);
  await admin.getByRole('button', { name: 'Send invitations' }).click();
  await expect(admin.locator('.flashes')).toContainText('1 invitation sent');
  const link = admin.getByRole('article').filter({ hasText: `to ${rosa.email}` }).getByRole('link', { name: /\/invite\// }).first();
  await expect(async () => {
    await admin.goto('/demo/mail');
    await expect(link).toBeVisible({ timeout: 500 });
  }).toPass();
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto((await link.getAttribute('href')) ?? '');
  await ready(stranger);
  await stranger.getByLabel('New password').fill(rosa.secret);
  await stranger.getByRole('button', { name: 'Save password' }).click();
  await expect(stranger).toHaveURL(/\/login/);
}

/// From the rep's home to acting for somebody of Acme.
async function act(rep: Page, member: string, why: string) {
  await rep.goto('/sales/customers');
  await ready(rep);
  await rep.getByLabel('Number or name').fill('acme m');
  await rep.getByRole('button', { name: 'Find' }).click();
  await rep.getByRole('link', { name: 'Acme Manufacturing' }).click();
  await expect(rep.getByRole('heading', { level: 1, name: 'Acme Manufacturing' })).toBeVisible();
  await ready(rep);
  const row = rep.getByRole('row', { name: new RegExp(member) });
  await row.getByRole('button', { name: 'Order on behalf' }).first().click();
  await row.getByLabel('Why').fill(why);
  await row.getByRole('button', { name: 'Order on behalf' }).last().click();
  const band = rep.locator('.band');
  await expect(band).toContainText(`You act for ${member}`);
  await expect(band).toContainText(why);
  await expect(band).toContainText('60 minutes left');
  await ready(rep);
}

async function stop(rep: Page) {
  await rep.getByRole('button', { name: /^Stop/ }).click();
  await expect(rep.locator('.flashes')).toContainText('You no longer act for');
  await expect(rep.locator('.band')).not.toContainText('You act for');
  await ready(rep);
}

async function add(page: Page, sku: string, quantity: string) {
  await page.goto(`/products/${sku}`);
  await ready(page);
  await page.getByRole('spinbutton').first().fill(quantity);
  await page.getByRole('button', { name: /^Add to cart/ }).first().click();
  await expect(page.locator('.flashes')).toContainText('added');
}

/// A rep orders for Rosa; Rosa sees who placed it. Gives the order's number.
async function ordersForAMember(browser: Browser, options: object): Promise<string> {
  const rep = await as(browser, people.rep, options);
  await act(rep, rosa.name, 'Asked by phone to reorder tape');
  await add(rep, 'TP-48-CL', '36');
  await rep.goto('/checkout');
  await ready(rep);
  if (await scripted(rep)) await accessible(rep);
  await rep.getByRole('button', { name: 'Submit order' }).click();
  await expect(rep).toHaveURL(/\/orders\/SO-\d{4}-\d{6}/);
  const number = (await rep.getByRole('heading', { level: 1 }).textContent()) ?? '';
  await expect(rep.getByRole('main')).toContainText(`Ruth Ito for ${rosa.name}`);
  for (const path of ['/profile', '/approvals', '/company/rules']) {
    expect((await rep.request.get(path, { headers: { accept: 'text/html' } })).status(), path).toBe(403);
  }
  await stop(rep);

  const buyer = await as(browser, rosa.email, options);
  await buyer.goto('/orders');
  await buyer.getByRole('link', { name: number }).click();
  await expect(buyer.getByRole('main')).toContainText(`Ruth Ito for ${rosa.name}`);
  await buyer.goto('/company/assistance');
  await expect(buyer.getByRole('main')).toContainText('Asked by phone to reorder tape');
  await expect(buyer.getByRole('main')).toContainText(number);
  await expect(buyer.getByRole('main')).toContainText('Order submitted');
  return number;
}

/// Customer service sends the order in two parts; the buyer follows it.
async function sends(browser: Browser, number: string, options: object) {
  const service = await as(browser, people.service, options);
  await service.goto('/sales/orders');
  await ready(service);
  await service.getByRole('link', { name: number }).click();
  await expect(service.getByRole('heading', { level: 1, name: number })).toBeVisible();
  await ready(service);
  await service.getByRole('button', { name: 'Change…' }).click();
  const day = new Date(Date.now() + 6 * 86_400_000).toISOString().slice(0, 10);
  await service.getByLabel('New day').fill(day);
  await service.getByRole('button', { name: 'Promise this day' }).click();
  await expect(service.locator('.flashes')).toContainText('Promised for');
  await ready(service);
  await service.getByLabel(/^Send of/).fill('99');
  await service.getByLabel('Carrier').fill('DHL');
  await service.getByLabel('Tracking number').fill('00340 4711');
  await service.getByRole('button', { name: 'Send goods' }).click();
  await expect(service.getByRole('main')).toContainText('36 are left to send');
  await service.getByLabel('Carrier').fill('DHL');
  await service.getByLabel('Tracking number').fill('00340 4711');
  await service.getByLabel(/^Send of/).fill('10');
  await service.getByRole('button', { name: 'Send goods' }).click();
  await expect(service.locator('.head')).toContainText('Partly shipped');

  const buyer = await as(browser, rosa.email, options);
  await buyer.goto('/orders/open-lines');
  const row = buyer.getByRole('row', { name: new RegExp(number) });
  await expect(row).toContainText('26 of 36');
  await expect(row).toContainText('was from stock');
  await buyer.goto(`/orders/${number}`);
  await expect(buyer.locator('.trail')).toContainText('DHL 00340 4711, 1 line sent');
  await expect(buyer.getByRole('main')).toContainText('10 of 36 sent');

  await service.getByLabel('Carrier').fill('DHL');
  await service.getByRole('button', { name: 'Send goods' }).click();
  await expect(service.locator('.head')).toContainText('Shipped');
  await ready(service);
  await service.getByRole('button', { name: 'Complete', exact: true }).click();
  await expect(service.locator('.head')).toContainText('Completed');
}

test.describe('the seller at work', () => {
  test.describe.configure({ mode: 'serial' });
  test.setTimeout(120_000);

  test('somebody new buys for the company', async ({ browser }) => invites(browser));

  for (const [how, options] of [['', {}], [', without scripts', { javaScriptEnabled: false }]] as const) {
    test(`a rep orders for a member, and service sends it in parts${how}`, async ({ browser }) => {
      await sends(browser, await ordersForAMember(browser, options), options);
    });
  }

  test('a proposed cart is taken over by the member', async ({ browser }) => {
    const rep = await as(browser, people.rep);
    const found = complaints(rep);
    await act(rep, rosa.name, 'New starter, first order');
    await add(rep, 'TM-5M', '3');
    await rep.goto('/cart');
    await ready(rep);
    await rep.getByRole('button', { name: 'Propose this cart…' }).click();
    await rep.getByLabel('Note').fill('Three should do for the shift');
    await accessible(rep);
    await rep.getByRole('button', { name: 'Propose this cart', exact: true }).click();
    await expect(rep.getByRole('heading', { level: 1, name: 'Proposed by Ruth Ito' })).toBeVisible();
    await stop(rep);
    expect(found).toEqual([]);

    const buyer = await as(browser, rosa.email);
    await buyer.goto('/cart');
    await ready(buyer);
    const proposal = buyer.getByRole('link', { name: 'Look at the proposal' });
    await expect(proposal).toBeVisible();
    await proposal.click();
    await ready(buyer);
    await expect(buyer.getByRole('main')).toContainText('Three should do for the shift');
    await accessible(buyer);
    await buyer.getByRole('button', { name: 'Add to my cart' }).click();
    await expect(buyer).toHaveURL(/\/cart$/);
    await expect(buyer.getByRole('spinbutton', { name: /tape/i })).toHaveValue('3');
    await ready(buyer);
    await buyer.getByRole('button', { name: /^Remove/ }).click();
    await expect(buyer.getByText('Your cart is empty')).toBeVisible();
  });

  test('where a company wants to be asked, the member agrees first', async ({ browser }) => {
    const admin = await as(browser, people.admin);
    await admin.goto('/company/assistance');
    await ready(admin);
    await accessible(admin);
    await admin.getByLabel('Ask the member each time').check();
    await admin.getByRole('button', { name: 'Save' }).click();
    await expect(admin.locator('.flashes')).toContainText('saved');

    const rep = await as(browser, people.rep);
    await rep.goto('/sales/customers/1001');
    await ready(rep);
    const row = rep.getByRole('row', { name: new RegExp(rosa.name) });
    await row.getByRole('button', { name: 'Order on behalf' }).click();
    await row.getByLabel('Why').fill('Wants to look at gloves together');
    await row.getByRole('button', { name: 'Ask to act' }).click();
    await expect(rep.locator('.flashes')).toContainText('The member is asked');

    const buyer = await as(browser, rosa.email);
    await buyer.goto('/notices');
    await buyer.getByRole('link', { name: /asks to act on your behalf/ }).first().click();
    await ready(buyer);
    await buyer.getByRole('button', { name: 'Agree' }).click();
    await expect(buyer.locator('.flashes')).toContainText('You agreed');

    await rep.goto('/sales');
    await ready(rep);
    await rep.getByRole('button', { name: `Begin to act for ${rosa.name}` }).click();
    await expect(rep.locator('.band')).toContainText(`You act for ${rosa.name}`);
    // The company ends it; the rep is told with the next page.
    await admin.goto('/company/assistance');
    await ready(admin);
    await admin.getByRole('button', { name: /^End/ }).first().click();
    await expect(admin.locator('.flashes')).toContainText('Ended');
    await rep.goto('/sales');
    await expect(rep.locator('.flashes')).toContainText('Your time on behalf of this customer is over');
    await admin.getByLabel('Allowed; the member is told').check();
    await admin.getByRole('button', { name: 'Save' }).click();
    await expect(admin.locator('.flashes')).toContainText('saved');
  });

  test('a calendar gets an address of its own', async ({ browser, request }) => {
    const manager = await as(browser, people.manager);
    await manager.goto('/orders/open-lines');
    await ready(manager);
    await manager.getByRole('button', { name: 'Make an address' }).click();
    const address = manager.getByLabel(/^The address/);
    await expect(address).toHaveValue(/\/calendar\/[0-9a-f]{64}\/deliveries\.ics$/);
    await accessible(manager);
    const calendar = await request.get(await address.inputValue());
    expect(await calendar.text()).toContain('BEGIN:VCALENDAR');
    await manager.getByRole('button', { name: 'End it' }).click();
    await expect(manager.getByText('You have none yet.')).toBeVisible();
  });
});
