import { html } from "hono/html";
import { findItem, itemsOf, type Kept } from "#shared/posture/content.ts";
import type { Html } from "../design/html.ts";
import { plainText, prose } from "../design/prose.ts";
import type { Page } from "../page.ts";
import { definitions } from "../sections/definitions.ts";
import { sourceOf } from "../sections/source.ts";
import type { View } from "../view.ts";

type Node = Pick<Kept<"policies">, "id" | "title" | "component" | "parent">;

/** The tree of policies, a component each. */
export function policiesPage(view: View): Page | undefined {
  const { organisation, content, words, release } = view;
  const policies = itemsOf(content, "policies").map(({ id, title, component, parent }) => ({
    id,
    title,
    component,
    parent,
  }));
  if (policies.length === 0) return undefined;
  return {
    title: `${words.policiesTitle} - ${organisation.name}`,
    description: `${organisation.name}: ${words.policiesTitle}.`,
    facts: { release, policies },
    main: () => html`<h1>${words.policiesTitle}</h1><div class="text">${treeOf(policies, null, view)}</div>`,
  };
}

/** Policies that hang in one another in a circle are on no page, since the tree is walked from its roots. */
function treeOf(policies: readonly Node[], parent: string | null, view: View): Html | "" {
  const here = policies.filter((policy) => policy.parent === parent);
  if (here.length === 0) return "";
  return html`<ul>${here.map(
    ({ id, title, component }) =>
      html`<li><a href="${view.to(`/policies/${id}`)}">${title}</a> <span class="quiet">${component}</span>${treeOf(policies, id, view)}</li>`,
  )}</ul>`;
}

/** The policy of one component. */
export function policyOfComponentPage(view: View, id: string): Page | undefined {
  const { organisation, content, words, release, to } = view;
  const policy = findItem(content, "policies", id);
  if (!policy) return undefined;
  const { title, component, statement, topics, source } = policy;
  const parent = policy.parent === null ? undefined : findItem(content, "policies", policy.parent);
  const below = itemsOf(content, "policies").filter((other) => other.parent === id);
  return {
    title: `${title} - ${organisation.name}`,
    description: plainText(statement, view),
    facts: {
      ...{ release, id, title, component, statement, topics, source },
      parent: parent ? { id: parent.id, title: parent.title } : null,
      below: below.map((other) => ({ id: other.id, title: other.title })),
    },
    main: () =>
      html`<p class="above"><a href="${to("/policies")}">${words.policiesTitle}</a> / ${component}</p><h1>${title}</h1><div class="text">${prose(
        statement,
        view,
      )}${definitions([
        [words.topics, topics.join(", ")],
        [words.partOf, parent ? html`<a href="${to(`/policies/${parent.id}`)}">${parent.title}</a>` : undefined],
        [
          words.below,
          below.length === 0
            ? undefined
            : html`<ul>${below.map((other) => html`<li><a href="${to(`/policies/${other.id}`)}">${other.title}</a></li>`)}</ul>`,
        ],
        [words.sourceOf, sourceOf(policy)],
      ])}</div>`,
  };
}
