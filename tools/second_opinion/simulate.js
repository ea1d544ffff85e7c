// Decides by another program's rules what policies allow: Cloud Copilot's simulator of IAM.
//
// Takes {policies: {owner: statements}, calls: [{owner, action, resource, context}]} as JSON from its
// input and writes one {allowed, ignored} for each call: whether it is allowed, and which values the
// action has no condition key for. A policy or a call that the simulator finds invalid ends it.

import { runSimulation } from '@cloud-copilot/iam-simulate';
import { text } from 'node:stream/consumers';

const ACCOUNT = '123456789012';

/**
 * @param {{owner: string, action: string, resource: string, context: Record<string, string | string[]>}} call
 * @param {Record<string, unknown[]>} policies
 */
async function judge(call, policies) {
  const document = { Version: '2012-10-17', Statement: policies[call.owner] };
  const told = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/${call.owner}`,
        action: call.action,
        resource: { resource: call.resource, accountId: ACCOUNT },
        contextVariables: call.context,
      },
      identityPolicies: [{ name: call.owner, policy: document }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (told.resultType !== 'single') {
    throw new Error(`${JSON.stringify(call)}: ${JSON.stringify(told)}`);
  }
  return {
    allowed: told.overallResult === 'Allowed',
    ignored: told.result.ignoredContextKeys ?? [],
  };
}

const { policies, calls } = JSON.parse(await text(process.stdin));
const verdicts = [];
for (const call of calls) {
  verdicts.push(await judge(call, policies));
}
process.stdout.write(JSON.stringify(verdicts));
