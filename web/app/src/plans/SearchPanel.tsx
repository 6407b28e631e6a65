import { useQuery } from "@tanstack/react-query";
import { Check, Search, Square } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../parts/Button";
import { Segments, useTrouble } from "../parts/parts";
import { useSay } from "../parts/toast";
import { DiffPanel } from "./DiffPanel";
import css from "./Plans.module.css";
import { plans, type Run, type Solve } from "./requests";
import { runRow } from "./rows";
import { SearchChart } from "./SearchChart";

// SearchPanel has the server look for shorter runs, and shows how it goes on: nothing
// is changed before what it has found is accepted.
export function SearchPanel({ runs, refresh }: { runs: Run[]; refresh: () => Promise<void> }) {
  const { t } = useTranslation();
  const trouble = useTrouble();
  const say = useSay();
  const [change, setChange] = useState("0");
  const [solve, setSolve] = useState<Solve | null>(null);
  const [busy, setBusy] = useState(false);
  const last = useQuery({ queryKey: ["plans", "solves"], queryFn: ({ signal }) => plans.solves(signal), staleTime: Infinity });

  // One that still ran when the page was left is taken up again.
  const old = last.data?.find((s) => s.subject === "runs" && s.state === "running");
  const id = solve?.id ?? old?.id ?? null;
  const running = solve === null ? old !== undefined : solve.state === "running";
  useEffect(() => {
    if (id === null || !running) return;
    const source = new EventSource(`/api/solves/${id}/progress`);
    let trace: Solve["trace"] = [];
    const whole = () => void plans.solve(id).then(setSolve, () => undefined);
    source.onmessage = (e: MessageEvent<string>) => {
      const next = JSON.parse(e.data) as Solve;
      trace = [...trace, ...next.trace];
      if (next.state === "running") setSolve({ ...next, trace });
      else {
        source.close();
        whole();
      }
    };
    source.onerror = () => {
      source.close();
      whole();
    };
    return () => source.close();
  }, [id, running]);

  const work = async (f: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await f();
    } catch (e) {
      say(trouble(e), "plain");
    } finally {
      setBusy(false);
    }
  };
  const begin = () => work(async () => setSolve(await plans.improve(10, Number(change))));
  const accept = () =>
    work(async () => {
      if (solve === null) return;
      await plans.accept(solve.id);
      setSolve(null);
      await refresh();
      say(t("plans.sent"), "plain");
    });
  const found = solve !== null && solve.state !== "running" && solve.plan !== null ? solve.plan : null;
  return (
    <section className={css.search} aria-label={t("plans.search.title")}>
      <header>
        <h2>{t("plans.search.title")}</h2>
        {running ? (
          <Button icon={<Square />} isPending={busy} onPress={() => id !== null && void work(async () => setSolve(await plans.cancel(id)))}>
            {t("plans.search.stop")}
          </Button>
        ) : (
          <Button look="main" icon={<Search />} isPending={busy} onPress={() => void begin()}>
            {t("plans.search.begin")}
          </Button>
        )}
      </header>
      <p className={css.dim}>{t("plans.search.note")}</p>
      <Segments
        label={t("plans.search.change")}
        value={change}
        onChange={setChange}
        choices={[
          { id: "0", text: t("plans.search.all") },
          { id: "1", text: t("plans.search.most", { count: 1 }) },
          { id: "2", text: t("plans.search.most", { count: 2 }) },
        ]}
      />
      {solve !== null && <SearchChart solve={solve} />}
      {solve?.state === "accepted" && (
        <p>
          <Check aria-hidden /> {t("plans.sent")}
        </p>
      )}
      {solve?.state === "failed" && <p role="alert">{t("plans.search.failed", { why: solve.why ?? "" })}</p>}
      {found !== null && solve?.state !== "accepted" && (
        <DiffPanel units={found.units} changes={found.changes} refused={found.refused} leftM={0} rows={runs.map(runRow)} busy={busy} onSend={() => void accept()} onDiscard={() => setSolve(null)} />
      )}
    </section>
  );
}
