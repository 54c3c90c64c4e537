// One door, as Lambda's runtime holds it, alone in a process: events come and answers go over the channel to its parent.
// Plain JavaScript, so that nothing is loaded that is not the door's.
const { handler } = await import(process.argv[2]);
process.on("message", (event) => {
  handler(event, { awsRequestId: "bench", getRemainingTimeInMillis: () => 60_000 }).then(
    (answer) => process.send({ answer }),
    (error) => process.send({ error: String(error) }),
  );
});
process.send("ready");
