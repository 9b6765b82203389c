// Journeys of people in a browser. The server comes with a fresh database; see scripts/e2e-server.
import { existsSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';

// A server that runs already: BUYERDESK_E2E=http://127.0.0.1:3000 npx playwright test. Its data should be fresh.
const running = process.env.BUYERDESK_E2E;
const origin = running ?? 'http://127.0.0.1:3100';
const debian = '/usr/bin/chromium';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  forbidOnly: !!process.env.CI,
  // A journey that passes at the second try is a fault to be found.
  retries: 0,
  // All journeys share one database and one server.
  workers: 2,
  // Journeys cross many pages, and slow machines run two at once.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: origin,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    trace: 'retain-on-failure',
    launchOptions: {
      // Debian's, where it is installed; elsewhere the one that Playwright brings.
      ...(existsSync(debian) ? { executablePath: debian } : {}),
      args: [
        // A browser refuses to run as root with its sandbox.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        // A camera that shows a pattern.
        '--use-fake-device-for-media-stream',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: running ? undefined : {
    command: '../scripts/e2e-server',
    url: `${origin}/readyz`,
    // Building is done before; migrating and seeding takes its time on a slow machine.
    timeout: 180_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
    stdout: 'ignore',
    stderr: 'pipe',
  },
});
