import chromium from "@sparticuz/chromium";
import { type Browser, chromium as driver } from "playwright-core";
import { onTestFinished } from "vitest";

/** A browser for one test: Chromium without a window, which resolves every name under `localhost` to this machine by itself. */
export async function openBrowser(): Promise<Browser> {
  const browser = await driver.launch({
    executablePath: await chromium.executablePath(),
    args: ["--no-sandbox", "--disable-gpu"],
  });
  onTestFinished(() => browser.close());
  return browser;
}
