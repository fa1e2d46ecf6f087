import type { ShownCase } from '../client/index.js';
import { type NotRendered, RenderingFailed, type ShownPage } from '../rendering/renderer.js';
import { pathOf } from './case-address.js';
import { capital, plain, sizeText } from './words.js';

interface Shown {
  workflowId: string;
  view: ShownCase;
  document: ShownCase['evidence'][number];
  page: number;
  shown: ShownPage | RenderingFailed;
}

const WHY: Record<NotRendered, string> = {
  unreadable: 'It is damaged, or not what it says it is.',
  tooLarge: 'Its picture would be larger than 50 million pixels.',
  noSuchPage: 'It has no such page.',
  tooSlow: 'Drawing it took too long, as hostile files can make it.',
  tooMuchMemory: 'Drawing it took too much memory, as hostile files can make it.',
  busy: 'Too many documents are being drawn. Try again in a moment.',
};

/** A page of a document as a picture, between the others of its case. */
export function DocumentPage({ workflowId, view, document, page, shown }: Shown) {
  const { evidence, kind, applicationId } = view;
  const { documentId, type, subject, fileName, size } = document;
  const pathTo = (id: string): string => `${pathOf(workflowId)}/documents/${id}`;
  const at = evidence.indexOf(document);
  const whose = subject ?? 'customer';
  return (
    <>
      <h1>
        {capital(plain(type))} of {whose}
      </h1>
      <p class="soft">
        {fileName}, {sizeText(size)}; document {at + 1} of {evidence.length}
      </p>
      <nav class="tools" aria-label="Documents">
        <a href={pathOf(workflowId)}>The case</a>
        <Step to={evidence[at - 1] && pathTo(evidence[at - 1]!.documentId)} rel="prev" text="Previous document" />
        <Step to={evidence[at + 1] && pathTo(evidence[at + 1]!.documentId)} rel="next" text="Next document" />
        <a href={`/v1/cases/${kind}/${applicationId}/documents/${documentId}`} download>
          Download the original
        </a>
      </nav>
      {shown instanceof RenderingFailed ? (
        <section class="ask" aria-label="Why it is not shown">
          <p>
            <strong>It cannot be shown.</strong> {WHY[shown.why]}
          </p>
          <p>Whoever downloads the original opens a file that a stranger has made.</p>
        </section>
      ) : (
        <>
          <nav class="tools" aria-label="Pages">
            <span>
              Page {page} of {shown.pages}
            </span>
            <Step to={page > 1 ? `?page=${page - 1}` : undefined} rel="up" text="Page before" />
            <Step to={page < shown.pages ? `?page=${page + 1}` : undefined} rel="down" text="Page after" />
            <span id="looking" hidden>
              <button type="button" data-look="larger">
                Larger
              </button>
              <button type="button" data-look="smaller">
                Smaller
              </button>
              <button type="button" data-look="turn">
                Turn
              </button>
            </span>
          </nav>
          <div class="paper" tabIndex={0} role="region" aria-label="The page" autofocus>
            <img
              src={`${pathTo(documentId)}/page.png?page=${page}`}
              alt={`Page ${page} of ${plain(type)} of ${whose}`}
            />
          </div>
          <p class="soft">
            Keys on the page: N and P the next and the previous document, ] and [ pages, + and − the size, T turns.
          </p>
        </>
      )}
    </>
  );
}

/** A way on, or a word where there is none, so that nothing moves under the pointer. */
function Step({ to, rel, text }: { to: string | undefined; rel: string; text: string }) {
  return to === undefined ? (
    <span class="soft">{text}</span>
  ) : (
    <a href={to} data-step={rel}>
      {text}
    </a>
  );
}
