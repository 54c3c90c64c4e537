/** The address that a request came from, as API Gateway or the function URL saw it; `undefined` where nobody says. */
export function sourceAddress(environment: unknown): string | undefined {
  const context = environment as { event?: { requestContext?: { http?: { sourceIp?: string } } } } | undefined;
  return context?.event?.requestContext?.http?.sourceIp;
}
