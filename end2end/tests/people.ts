// The demo's people, and what every journey needs: signing in, a page that may not complain, axe.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

export const password = 'buyerdesk-demo-2026';

export const people = {
  buyer: 'buyer@acme.example',
  manager: 'manager@acme.example',
  finance: 'finance@acme.example',
  admin: 'admin@acme.example',
  junior: 'junior@acme.example',
  director: 'director@acme.example',
  north: 'north@acme.example',
  globex: 'buyer@globex.example',
  vireo: 'einkauf@vireo.example',
  both: 'both@acme.example',
  staff: 'admin@seller.example',
  rep: 'rep@seller.example',
  service: 'service@seller.example',
};

/// Signs in by the form, as anybody would.
export async function signIn(page: Page, email: string, secret = password) {
  await page.goto('/login');
  await ready(page);
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  // The seller's people begin at /sales.
  await expect(page).toHaveURL(/^[^/]+\/\/[^/]+\/(sales)?$/);
  await ready(page);
}

/// Waits until the page is taken over: then what does nothing without the module is shown, and the page says so.
/// Without scripts, or on a page that has no module, there is nothing to wait for.
export async function ready(page: Page) {
  await page.waitForLoadState('load');
  if (!(await scripted(page))) return;
  await page.waitForLoadState('networkidle');
  if (await page.locator('script[type=module]').count()) await expect(page.locator('html')).toHaveAttribute('data-live');
}

/// Whether scripts run in this page.
export async function scripted(page: Page): Promise<boolean> {
  // <noscript> is parsed into elements only where scripts are off; `scripting` says it directly.
  return page.evaluate(() => matchMedia('(scripting: enabled)').matches);
}

/// Collects what the browser complains about; give the page, later look into the list.
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') found.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => found.push(`${page.url()}: ${error}`));
  return found;
}

/// A control by its words, whether it is a button or a link that looks like one.
export function control(page: Page, name: string | RegExp) {
  return page.getByRole('button', { name }).or(page.getByRole('link', { name }));
}

/// WCAG 2.2 AA, by axe: no violations. From the top of the page: what has just been scrolled half under the bar is no smaller for it.
export async function accessible(page: Page) {
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  const result = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const found = result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} — ${n.failureSummary}`).join('\n')}`);
  expect(found, page.url()).toEqual([]);
}
