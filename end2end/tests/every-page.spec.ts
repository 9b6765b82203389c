// Every page, by role: WCAG 2.2 AA in light and dark, nothing in the console, nothing beyond the edge of a phone.
import { expect, test, type Page } from '@playwright/test';
import { accessible, complaints, people, ready, signIn } from './people';

const company = ['/company/members', '/company/units', '/company/audit', '/company/rules', '/company/budgets', '/company/cost-centres', '/company/addresses', '/company/credit', '/company/assistance', '/approvals', '/notices'];
const waiting = '/approvals/SO-2026-000012';
const buying = ['/catalog', '/catalog?stock=1', '/catalog/fixings?from%3ALength=40', '/search?q=gloves+size+9', '/search?q=nothing+like+this', '/products/GL-CUT-D-9', '/products/GL-CUT-D-9/price', '/quick-order', '/part-numbers', '/buy-again', '/lists', '/lists?from=cart', '/schedules', '/schedules/new?from=order:SO-2026-000004', '/cart', '/cart/split', '/carts', '/alerts', '/checkout', '/orders', '/orders?status=confirmed', '/orders/open-lines', '/orders/SO-2026-000004', '/orders/SO-2026-000004/reorder'];
const paying = ['/invoices', '/invoices?show=overdue', '/invoices?show=all', '/invoices/INV-2026-01879', '/payments', '/payments/new', '/payments/P-INV-2026-01877', '/statement', '/ageing', '/packs'];

const quoting = ['/quotes', '/quotes?show=over', '/quotes/new', '/quotes/new?from=product:TP-48-CL', '/quotes/Q-2026-000001', '/quotes/Q-2026-000001/compare?from=1&to=2'];
const selling = ['/sales/quotes', '/sales/quotes?show=waiting', '/sales/quotes/new', '/sales/quotes/new?customer=1001', '/sales/quotes/Q-2026-000001', '/sales/quotes/Q-2026-000001/preview', '/sales/customers', '/sales/customers/1001', '/sales/orders', '/sales/orders/SO-2026-000006?customer=1001'];

const roles: [string, string, string[]][] = [
  ['the buyer', people.buyer, ['/', ...buying, '/profile']],
  ['the buyer who asks for quotes', people.buyer, quoting],
  ['the manager', people.manager, ['/', '/catalog', '/products/GL-CUT-D-9', '/orders', '/orders/SO-2026-000004', '/approvals', waiting, '/alerts', '/company/budgets', '/profile']],
  ['the junior', people.junior, ['/orders/SO-2026-000012', waiting, '/notices']],
  ['finance', people.finance, ['/', ...paying, '/profile']],
  ['the account admin', people.admin, ['/', ...company, '/profile']],
  ['the buyer of a unit', people.north, ['/', '/orders', '/orders/open-lines', '/cart', '/company/assistance']],
  ['the seller', people.staff, ['/sales', ...selling, '/sales/held', '/sales/synonyms', '/sales/registrations', '/finance/bank', '/finance/disputes', '/finance/overdue', '/profile']],
  ['the rep', people.rep, ['/sales', ...selling, '/profile']],
];

async function walk(page: Page, paths: string[]) {
  for (const path of paths) {
    await test.step(path, async () => {
      const answer = await page.goto(path);
      expect.soft(answer?.status(), path).toBe(200);
      await ready(page);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await accessible(page);
      }
      await page.setViewportSize({ width: 360, height: 740 });
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(beyond, `${path} is wider than a phone`).toBeLessThanOrEqual(0);
      await accessible(page);
      await page.setViewportSize({ width: 1280, height: 720 });
    });
  }
}

test.describe('every page', () => {
  test.setTimeout(300_000);

  for (const [who, email, paths] of roles) {
    test(`of ${who}`, async ({ page }) => {
      const found = complaints(page);
      await signIn(page, email);
      await walk(page, paths);
      expect(found).toEqual([]);
    });
  }

  test('of a stranger', async ({ page }) => {
    const found = complaints(page);
    await walk(page, ['/login', '/register', '/register?sent=1', '/forgot', '/forgot?sent=1', '/demo/mail']);
    expect(found).toEqual([]);
  });
});
