/** `cdk synth`, `cdk deploy`: the stack of one deployment, with every door's code bundled first. Needs no account to synthesise. */
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { bundleDoors } from "#infra/bundle/bundle.ts";
import { plausibleEnvironment } from "#infra/bundle/plausible-environment.ts";
import { doorNames } from "#infra/doors.ts";
import { CandorStack } from "#infra/stack/candor-stack.ts";
import { readDeployment } from "#infra/stack/deployment.ts";

const artefacts = await bundleDoors(doorNames, { environment: plausibleEnvironment });
const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
new CandorStack(app, {
  deployment: readDeployment((name) => app.node.tryGetContext(name), process.env),
  artefactOf(name) {
    const artefact = artefacts.find(({ door }) => door === name);
    if (!artefact) throw new Error(`${name} was not bundled`);
    return artefact;
  },
});
app.synth();
