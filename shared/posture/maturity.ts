/** How far a statement may be relied on, strongest first. */
export const maturities = ["enforced", "shipped", "beta", "partial"] as const;
export type Maturity = (typeof maturities)[number];
