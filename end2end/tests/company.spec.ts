// A company asks for an account and is opened; an account admin opens a unit and runs it.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { complaints, people, ready, scripted, signIn } from './people';

/// The address of the link in the last mail to somebody, by what its path contains.
async function mailed(page: Page, to: string, path: string): Promise<string> {
  const link = page.getByRole('article').filter({ hasText: `to ${to}` }).getByRole('link', { name: new RegExp(path) }).first();
  await expect(async () => {
    await page.goto('/demo/mail');
    await expect(link).toBeVisible({ timeout: 500 });
  }).toPass();
  return (await link.getAttribute('href')) ?? '';
}

async function registers(browser: Browser, options: object, company: string, email: string) {
  const stranger = await (await browser.newContext(options)).newPage();
  await stranger.goto('/login');
  await stranger.getByRole('link', { name: 'Open an account' }).click();
  await ready(stranger);
  const fields = { Company: company, 'VAT or registration number': `GB ${email.length} 555 01`, 'Street and number': '9 Wharf Road', Postcode: 'M1 2AB', Town: 'Manchester', 'Your name': 'Una Stone', Email: email };
  for (const [label, value] of Object.entries(fields)) await stranger.getByLabel(label, { exact: true }).fill(value);
  await stranger.getByRole('button', { name: 'Ask for an account' }).click();
  await expect(stranger.getByText('Look into your mailbox.')).toBeVisible();
  await stranger.goto(await mailed(stranger, email, '/register/'));
  await ready(stranger);
  await expect(stranger.getByText(`You ask for an account for ${company}`)).toBeVisible();
  await stranger.getByRole('button', { name: 'Confirm' }).click();
  await expect(stranger.getByText('We look at what you sent')).toBeVisible();

  const staff = await (await browser.newContext(options)).newPage();
  await signIn(staff, people.staff);
  await staff.goto('/sales/registrations');
  await ready(staff);
  await staff.getByRole('button', { name: `Open account for ${company}` }).click();
  await expect(staff.locator('.flashes')).toContainText('is open');
  await expect(staff.getByRole('heading', { name: company })).toHaveCount(0);

  await stranger.goto(await mailed(stranger, email, '/invite/'));
  await ready(stranger);
  await stranger.getByLabel('New password').fill('a password of Una');
  await stranger.getByRole('button', { name: 'Save password' }).click();
  await signIn(stranger, email, 'a password of Una');
  await expect(stranger.getByRole('button', { name: /Your menu/ })).toContainText(company);
}

async function opensAUnit(page: Page, name: string) {
  await signIn(page, people.admin);
  await page.goto('/company/units');
  await ready(page);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Open unit' }).click();
  await expect(page.locator('.flashes')).toContainText(`${name} is open`);
  await expect(page.getByRole('row', { name: new RegExp(name) })).toBeVisible();
  await ready(page);
  await page.getByRole('button', { name: `Switch to ${name}` }).click();
  await expect(page.getByRole('button', { name: /Your menu/ })).toContainText(name);
  await page.goto('/company/addresses');
  await expect(page.getByRole('row', { name: /Main works/ })).toContainText('Kept by Acme Manufacturing');
  await expect(page.getByRole('button', { name: 'Edit Main works' }).or(page.getByRole('link', { name: 'Edit Main works' }))).toHaveCount(0);
  await page.goto('/company/credit');
  await expect(page.getByRole('row', { name: /Others in your company/ })).toBeVisible();
  if (await scripted(page)) await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('£0.00');
}

test('a company asks for an account, confirms by mail, is opened and signs in', async ({ browser }) => {
  await registers(browser, {}, 'Stone & Daughters', 'una@stone.example');
});

test('an account admin opens a unit and runs it', async ({ page }) => {
  const found = complaints(page);
  await opensAUnit(page, 'Acme East');
  expect(found).toEqual([]);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('a company asks for an account, confirms by mail, is opened and signs in', async ({ browser }) => {
    await registers(browser, { javaScriptEnabled: false }, 'Plain Paper', 'una@plain.example');
  });
  test('an account admin opens a unit and runs it', async ({ page }) => {
    await opensAUnit(page, 'Acme West');
  });
});
