// The shapes of the API, by the names that the site uses. They come from the API's own OpenAPI
// document: tools/javascript_checks.py writes the module "newsreel-api" from it.

import type { components } from "newsreel-api";

type Schemas = components["schemas"];

declare global {
  namespace Api {
    type AccessKey = Schemas["AccessKeyView"];
    type AccessKeys = Schemas["AccessKeysView"];
    type Account = Schemas["AccountView"];
    type Configuration = Schemas["Configuration"];
    type Download = Schemas["DownloadView"];
    type Downloads = Schemas["DownloadsView"];
    type DownloadLink = Schemas["DownloadLink"];
    type EmailChange = Schemas["EmailChangeView"];
    type EmailChangeStatus = Schemas["EmailChangeStatusView"];
    type Export = Schemas["ExportView"];
    type Journal = Schemas["JournalView"];
    type JournalEntry = Schemas["JournalEntryView"];
    type NewKey = Schemas["NewKeyView"];
    type Posters = Schemas["Posters"];
    type Problem = Partial<Schemas["Problem"]>;
    type Registration = Schemas["RegistrationView"];
    type RegistrationStatus = Schemas["RegistrationStatusView"];
    type Reset = Schemas["ResetView"];
    type ResetProof = Schemas["ResetProofView"];
    type ResetStatus = Schemas["ResetStatusView"];
    type Session = Schemas["SessionView"];
    type Sessions = Schemas["SessionsView"];
    type Terms = Schemas["TermsView"];
    type TermsVersions = Schemas["TermsVersionsView"];
    type Video = Schemas["Video"];
    type VideoEntry = Schemas["VideoEntry"];
    type VideoList = Schemas["VideoList"];
  }
}
