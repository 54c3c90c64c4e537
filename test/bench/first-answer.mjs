// Loads a handler, gives it one event and ends: what a fresh Lambda does until its first answer. Says what CPU it took, in ms.
import { PassThrough } from "node:stream";

const streamifyResponse = (handler) => (event, context) => handler(event, new PassThrough().resume(), context);
globalThis.awslambda = { streamifyResponse, HttpResponseStream: { from: (stream) => stream } };
const [file, event] = process.argv.slice(2);
const { handler } = await import(file);
const answer = await handler(JSON.parse(event), { awsRequestId: "bench", getRemainingTimeInMillis: () => 10_000 });
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ answer, cpu: (user + system) / 1000 }));
process.exit(0);
