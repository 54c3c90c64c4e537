import { html } from "hono/html";
import type { Evidence } from "#shared/posture/evidence.ts";
import { anchor } from "../design/anchor.ts";
import type { Html } from "../design/html.ts";
import { phrase } from "../design/prose.ts";
import type { View } from "../view.ts";

/** What a claim rests on, one click away. */
export function foldedEvidence(list: readonly Evidence[], claim: string, view: View): Html {
  const { words } = view;
  if (list.length === 0) return html`<p class="quiet">${words.noEvidence}</p>`;
  return html`<details><summary>${words.evidence(list.length)}</summary>${evidenceList(list, claim, view)}</details>`;
}

export function evidenceList(list: readonly Evidence[], claim: string, view: View): Html {
  return html`<ul class="proofs">${list.map((piece) => html`<li id="${anchor("claims", claim, "evidence", piece.id)}">${pieceOf(piece, view)}</li>`)}</ul>`;
}

function pieceOf(piece: Evidence, view: View): Html {
  const { words } = view;
  const { absence, quote } = piece;
  return html`<p>${placeOf(piece, view)} <span class="quiet">${words.evidenceKinds[piece.kind]}</span><br>${phrase(piece.proves, view)}</p>${
    absence ? html`<p>${words.absence(html`<code>${absence.searchedFor}</code>`, absence.within)}</p>` : ""
  }${quote === undefined ? "" : html`<p>${words.quoted} <q>${quote}</q></p>`}`;
}

function placeOf(piece: Evidence, { words, to }: View): Html {
  switch (piece.kind) {
    case "source-path":
      return html`<code>${piece.path}</code>${
        piece.commit === undefined
          ? ""
          : html` <span class="quiet">${words.atCommit} <code>${piece.commit}</code></span>`
      }`;
    case "document":
      return html`${piece.url === undefined ? piece.name : html`<a href="${piece.url}">${piece.name}</a>`}${
        piece.path === undefined ? "" : html` <code>${piece.path}</code>`
      }`;
    case "url":
      return html`<a href="${piece.url}">${piece.url}</a>`;
    case "attestation":
      return html`<code>${piece.artifact}</code>${
        piece.predicateType === undefined
          ? ""
          : html` <span class="quiet">${words.predicate} <code>${piece.predicateType}</code></span>`
      }`;
    case "check-run":
      return html`<a href="${to(`/checks#${anchor("checks", piece.check)}`)}">${piece.check}</a>${
        piece.url === undefined ? "" : html` <a href="${piece.url}">${piece.url}</a>`
      }`;
  }
}
