import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./fonts.css";
import "virtual:tokens.css";
import "./base.css";
import { App } from "./App";
import { startI18n } from "./i18n/i18n";
import { startTheme } from "./shell/theme";

startTheme();
await startI18n();
const root = document.getElementById("root");
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
