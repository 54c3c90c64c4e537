/** A door for tests: what it does is named in the event. */
let calls = 0;

interface Event {
  readonly do: "echo" | "throw" | "hang" | "exit" | "grow" | "count" | "print";
  readonly size?: number;
  readonly value?: unknown;
}

export async function handler(event: Event, context: { getRemainingTimeInMillis(): number; functionName: string }) {
  calls += 1;
  if (event.do === "throw") throw new TypeError("asked to");
  if (event.do === "hang") await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (event.do === "exit") process.exit(3);
  if (event.do === "grow") return "x".repeat(event.size ?? 0);
  if (event.do === "count") {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return calls;
  }
  if (event.do === "print") process.stdout.write("printed by a door\n");
  return {
    value: event.value,
    left: context.getRemainingTimeInMillis(),
    name: context.functionName,
    mark: process.env["MARK"],
    path: process.env["PATH"],
  };
}
