// Short names for the shapes of the OpenAPI document.
import type { components, paths } from "./schema";

type Shapes = components["schemas"];

export type Accelerator = Shapes["Accelerator"];
export type Account = Shapes["Account"];
export type Advice = Shapes["Advice"];
export type AdviceAsk = Shapes["AdviceAsk"];
export type CardAccuracy = Shapes["CardAccuracy"];
export type Plan = Shapes["Plan"];
export type Verdict = Shapes["Verdict"];
export type AuditEntry = Shapes["AuditEntry"];
export type Bill = Shapes["Bill"];
export type Card = Shapes["Card"];
export type Closure = Shapes["Closure"];
export type Entry = Shapes["Entry"];
export type Environment = Shapes["Environment"];
export type FacetValue = Shapes["FacetValue"];
export type Input = Shapes["Input"];
export type Key = Shapes["Key"];
export type Log = Shapes["Log"];
export type Excluded = Shapes["Excluded"];
export type Match = Shapes["Match"];
export type MatchAnswer = Shapes["MatchAnswer"];
export type MatchAsk = Shapes["MatchAsk"];
export type Member = Shapes["Member"];
export type Offer = Shapes["Offer"];
export type OfferPage = Shapes["OfferPage"];
export type Order = Shapes["Order"];
export type OrderAsk = Shapes["OrderAsk"];
export type Party = Shapes["Party"];
export type Posting = Shapes["Posting"];
export type Proof = Shapes["Proof"];
export type Quote = Shapes["Quote"];
export type Reconciliation = Shapes["Reconciliation"];
export type Session = Shapes["Session"];
export type Site = Shapes["Site"];
export type Topup = Shapes["Topup"];

export type OfferQuery = NonNullable<paths["/api/v1/offers"]["get"]["parameters"]["query"]>;
