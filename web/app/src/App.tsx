import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { I18nProvider } from "react-aria-components";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { Problem } from "./api/problem";
import { hasChosenLanguage, isLanguage, showLanguage } from "./i18n/i18n";
import { LiveProvider } from "./live/LiveProvider";
import { DeskProvider } from "./map/desk";
import { Button } from "./parts/Button";
import { Bones, Empty } from "./parts/parts";
import { ToastProvider } from "./parts/toast";
import { SessionProvider, useSession } from "./session/session";
import { keptSession, onPhone } from "./phone/memory";
import { NotFound } from "./shell/NotFound";
import { Shell } from "./shell/Shell";
import css from "./shell/Shell.module.css";

const LoginPage = lazy(() => import("./login/LoginPage"));
const SetupPage = lazy(() => import("./setup/SetupPage"));
const TrustPage = lazy(() => import("./trust/TrustPage"));
const MapPage = lazy(() => import("./map/MapPage"));
const AdminPage = lazy(() => import("./admin/AdminPage"));
const FleetPage = lazy(() => import("./fleet/FleetPage"));
const DevicePage = lazy(() => import("./fleet/DevicePage"));
const DogPage = lazy(() => import("./dogs/DogPage"));
const ZonesPage = lazy(() => import("./zones/ZonesPage"));
const StudioPage = lazy(() => import("./studio/StudioPage"));
const PlansPage = lazy(() => import("./plans/PlansPage"));
const AccountPage = lazy(() => import("./account/AccountPage"));
const DocsPage = lazy(() => import("./docs/DocsPage"));
const PhonePage = lazy(() => import("./phone/PhonePage"));
const KitPage = import.meta.env.DEV ? lazy(() => import("./kit/KitPage")) : null;

function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // A refusal stays one; only silence is worth another try.
        retry: (count, error) => !(error instanceof Problem) && count < 2,
      },
    },
  });
}

export function App() {
  const { i18n } = useTranslation();
  const [client] = useState(makeClient);
  return (
    <QueryClientProvider client={client}>
      <I18nProvider locale={i18n.language}>
        <ToastProvider>
          <Switch>
            {KitPage !== null && (
              <Route path="/kit">
                <Later>
                  <KitPage />
                </Later>
              </Route>
            )}
            <Route>
              <SessionProvider kept={onPhone() ? keptSession() : undefined} waiting={<Waiting />} unreachable={(retry) => <NoServer retry={retry} />}>
                <LiveProvider>
                  <DeskProvider>
                    <Pages />
                  </DeskProvider>
                </LiveProvider>
              </SessionProvider>
            </Route>
          </Switch>
        </ToastProvider>
      </I18nProvider>
    </QueryClientProvider>
  );
}

function Pages() {
  const { person, setup_needed, language, demo } = useSession();
  const [path] = useLocation();
  useEffect(() => {
    // A demo has no bureau that chose: it speaks the language of who looks at it.
    if (!demo && !hasChosenLanguage() && !setup_needed && isLanguage(language)) showLanguage(language);
  }, [setup_needed, language, demo]);
  if (path === "/trust")
    return (
      <Later>
        <TrustPage />
      </Later>
    );
  if (setup_needed && path !== "/setup") return <Redirect to="/setup" />;
  if (path === "/setup")
    return (
      <Later>
        <SetupPage />
      </Later>
    );
  if (path === "/login" || (person?.must_change ?? false))
    return (
      <Later>
        <LoginPage />
      </Later>
    );
  if (person === null) {
    const here = location.pathname + location.search + location.hash;
    return <Redirect to={here === "/" || here === "/map" ? "/login" : `/login?next=${encodeURIComponent(here)}`} />;
  }
  if (path === "/phone")
    return (
      <Later>
        <PhonePage />
      </Later>
    );
  return (
    <Shell>
      <Later>
        <Switch>
          <Route path="/">
            <Redirect to="/map" replace />
          </Route>
          <Route path="/map" component={MapPage} />
          <Route path="/admin/:section?" component={AdminPage} />
          <Route path="/fleet/:register?" component={FleetPage} />
          <Route path="/device" component={DevicePage} />
          <Route path="/dogs/:id" component={DogPage} />
          <Route path="/studio/zones/:id?" component={ZonesPage} />
          <Route path="/studio/:id?" component={StudioPage} />
          <Route path="/plans/:view?" component={PlansPage} />
          <Route path="/account" component={AccountPage} />
          <Route path="/docs" component={DocsPage} />
          <Route component={NotFound} />
        </Switch>
      </Later>
    </Shell>
  );
}

function Later({ children }: { children: ReactNode }) {
  return <Suspense fallback={<Waiting />}>{children}</Suspense>;
}

function Waiting() {
  return (
    <div className={css.full}>
      <div style={{ width: 260 }}>
        <Bones lines={3} />
      </div>
    </div>
  );
}

function NoServer({ retry }: { retry: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={css.full}>
      <Empty icon={<CloudOff />} title={t("trouble.noServer")}>
        <p>{t("trouble.noServerNote")}</p>
        <Button look="main" onPress={retry}>
          {t("link.retry")}
        </Button>
      </Empty>
    </div>
  );
}
