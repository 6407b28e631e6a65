// What the plans page asks of the server.
import { api, take } from "../api/client";
import type { components } from "../api/schema";

type Schemas = components["schemas"];
export type Walk = Schemas["LiveWalk"];
export type Run = Schemas["LiveRun"];
export type RunStop = Schemas["LiveRunStop"];
export type TowSite = Schemas["LiveTowSite"];
export interface Board {
  runs: Run[];
  sites: TowSite[];
}
export type Coverage = Schemas["LiveCoverage"];
export type RunsEdit = Omit<Schemas["LiveRunsEdit"], "$schema">;
export type WalksEdit = Omit<Schemas["LiveWalksEdit"], "$schema">;
export type RunsPreview = Schemas["LiveRunsPreview"];
export type WalksPreview = Schemas["LiveWalksPreview"];
export type Unit = Schemas["LiveReplanUnit"];
export type Change = Schemas["LiveReplanChange"];
export type Refused = Schemas["LiveReplanRefused"];
export type Solve = Schemas["Solve"];
export type Spot = Omit<Schemas["Spot"], "$schema">;
export type SpotFields = Omit<Schemas["SpotFields"], "$schema">;
export type Ranking = Omit<Schemas["Ranking"], "$schema">;
export type RankingFields = Pick<Ranking, "team" | "keys">;
export type RankingKey = RankingFields["keys"][number];
export type SpotVisit = Schemas["LiveSpotVisit"];
export type Campaign = Omit<Schemas["Campaign"], "$schema">;
export type CampaignFields = Omit<Schemas["CampaignFields"], "$schema">;
export type CampaignRoad = Schemas["CampaignRoad"];
export type CampaignOfficer = Schemas["CampaignOfficer"];
export type CampaignDate = Schemas["CampaignDate"];
export type CampaignDay = Omit<Schemas["CampaignDay"], "$schema">;
export type CampaignSheet = Omit<Schemas["CampaignSheet"], "$schema">;
export type CampaignCount = Schemas["CampaignCount"];
export type Presence = Omit<Schemas["LivePresence"], "$schema">;
export type PresenceCell = Schemas["LivePresenceCell"];

export const plans = {
  walks: async (signal?: AbortSignal) => (await take<{ walks: Walk[] }>(api.GET("/api/walks", { signal }))).walks,
  runs: (signal?: AbortSignal) => take<Board>(api.GET("/api/runs", { signal })),
  coverage: async (signal?: AbortSignal) => (await take<{ teams: Coverage[] }>(api.GET("/api/walks/coverage", { signal }))).teams,
  presence: (query: { from: string; resolution: number }, signal?: AbortSignal) => take<Presence>(api.GET("/api/presence", { params: { query }, signal })),
  spots: async (signal?: AbortSignal) => (await take<{ spots: Spot[] }>(api.GET("/api/spots", { signal }))).spots,
  saveSpot: (was: Spot | null, body: SpotFields) =>
    was === null ? take<Spot>(api.POST("/api/spots", { body })) : take<Spot>(api.PATCH("/api/spots/{id}", { params: { path: { id: was.id }, header: { "If-Match": String(was.version) } }, body })),
  removeSpot: (was: Spot) => take(api.DELETE("/api/spots/{id}", { params: { path: { id: was.id }, header: { "If-Match": String(was.version) } } })),
  campaigns: async (signal?: AbortSignal) => (await take<{ campaigns: Campaign[] }>(api.GET("/api/campaigns", { signal }))).campaigns,
  saveCampaign: (was: Campaign | null, body: CampaignFields) =>
    was === null ? take<Campaign>(api.POST("/api/campaigns", { body })) : take<Campaign>(api.PATCH("/api/campaigns/{id}", { params: { path: { id: was.id }, header: { "If-Match": String(was.version) } }, body })),
  removeCampaign: (was: Campaign) => take(api.DELETE("/api/campaigns/{id}", { params: { path: { id: was.id }, header: { "If-Match": String(was.version) } } })),
  campaignOfficers: async (signal?: AbortSignal) => (await take<{ people: CampaignOfficer[] }>(api.GET("/api/campaigns/people", { signal }))).people,
  campaignStreets: async (query: { at: string } | { name: string; bbox: string }) => (await take<{ streets: CampaignRoad[] }>(api.GET("/api/campaigns/streets", { params: { query } }))).streets,
  campaignDates: async (id: number, signal?: AbortSignal) => (await take<{ dates: CampaignDate[] }>(api.GET("/api/campaigns/{id}/days", { params: { path: { id } }, signal }))).dates,
  campaignDay: (id: number, signal?: AbortSignal) => take<CampaignDay>(api.GET("/api/campaign-days/{id}", { params: { path: { id } }, signal })),
  planCampaign: (campaign: number, date: CampaignDate) =>
    take<CampaignDay>(api.POST("/api/campaigns/{id}/days", { params: { path: { id: campaign }, header: { "If-Match": String(date.version) } }, body: { begin: date.begin } })),
  callOff: (day: CampaignDay, off: boolean) => take<CampaignDay>(api.POST("/api/campaign-days/{id}/off", { params: { path: { id: day.id }, header: { "If-Match": String(day.version) } }, body: { off } })),
  putSheet: (day: number, pair: number, road: number, version: number, body: { counts: CampaignCount[]; note: string }) =>
    take<CampaignSheet>(api.PUT("/api/campaign-days/{id}/sheets/{pair}/{road}", { params: { path: { id: day, pair, road }, header: { "If-Match": String(version) } }, body })),
  rankings: async (signal?: AbortSignal) => (await take<{ rankings: Ranking[] }>(api.GET("/api/rankings", { signal }))).rankings,
  saveRanking: (was: Ranking | null, body: RankingFields) =>
    was === null ? take<Ranking>(api.POST("/api/rankings", { body })) : take<Ranking>(api.PATCH("/api/rankings/{id}", { params: { path: { id: was.id }, header: { "If-Match": String(was.version) } }, body })),
  removeRanking: (was: Ranking) => take(api.DELETE("/api/rankings/{id}", { params: { path: { id: was.id }, header: { "If-Match": String(was.version) } } })),
  previewRuns: (body: RunsEdit) => take<RunsPreview>(api.POST("/api/runs/preview", { body })),
  sendRuns: (p: RunsPreview, edit: RunsEdit) => {
    const { release, lost, back } = edit;
    return take(api.POST("/api/runs/send", { body: { basis: p.basis, orders: p.orders, ...(release && { release }), ...(lost && { lost }), ...(back && { back }) } }));
  },
  previewWalks: (body: WalksEdit) => take<WalksPreview>(api.POST("/api/walks/preview", { body })),
  sendWalks: (basis: string) => take(api.POST("/api/walks/send", { body: { basis } })),
  improve: (seconds: number, change: number) => take<Solve>(api.POST("/api/runs/improve", { body: { seconds, change } })),
  solves: async (signal?: AbortSignal) => (await take<{ solves: Solve[] }>(api.GET("/api/solves", { signal }))).solves,
  solve: (id: number, signal?: AbortSignal) => take<Solve>(api.GET("/api/solves/{id}", { params: { path: { id } }, signal })),
  cancel: (id: number) => take<Solve>(api.DELETE("/api/solves/{id}", { params: { path: { id } } })),
  accept: (id: number) => take<Solve>(api.POST("/api/solves/{id}/accept", { params: { path: { id } } })),
};
