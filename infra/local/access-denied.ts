/** What an authorizer throws to refuse a call; each stand-in says it in its own protocol. The message names who, what and on which resource. */
export class AccessDenied extends Error {
  override readonly name = "AccessDenied";
}
