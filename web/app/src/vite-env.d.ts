/// <reference types="vite/client" />
declare module "virtual:tokens.css";
declare module "*.module.css" {
  const names: Record<string, string>;
  export default names;
}
declare module "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url" {
  const url: string;
  export default url;
}
