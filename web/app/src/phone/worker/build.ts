// Builds the phone page's service worker: one file at the root, with the list of
// all that the page needs to open. (vite-plugin-pwa would do it with 270 more
// packages, and would list the desk's files and each of the Chinese font's files
// as well; those are kept as they are used.)
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";
import { shellFiles, type Chunk } from "./shell";

export function phoneWorker(): Plugin {
  return {
    name: "citygrid-phone-worker",
    apply: "build",
    enforce: "post",
    async generateBundle(_, bundle) {
      const chunks = new Map<string, Chunk>();
      let [entry, phone] = ["", ""];
      for (const out of Object.values(bundle)) {
        if (out.type !== "chunk") continue;
        const meta = (out as unknown as { viteMetadata?: { importedCss?: Set<string> } }).viteMetadata;
        chunks.set(out.fileName, { imports: out.imports, css: [...(meta?.importedCss ?? [])] });
        if (out.isEntry) entry = out.fileName;
        if (out.facadeModuleId?.endsWith("/phone/PhonePage.tsx") === true) phone = out.fileName;
      }
      if (entry === "" || phone === "") this.error("the phone page has no chunk of its own");
      // The map draws in a worker of its own, and Latin letters come from one font.
      const more = Object.keys(bundle).filter((f) => /maplibre-gl-worker.*\.m?js$|inter-latin-wght-normal.*\.woff2$/.test(f));
      const files = [...shellFiles(chunks, entry, phone), ...more, "favicon.svg", "phone.webmanifest"].map((f) => `/${f}`);
      const version = createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 12);
      const made = await build({
        configFile: false,
        logLevel: "error",
        define: { __SHELL__: JSON.stringify({ version, files }) },
        build: {
          write: false,
          target: "es2022",
          copyPublicDir: false,
          rollupOptions: { input: fileURLToPath(new URL("worker.ts", import.meta.url)), output: { format: "es", entryFileNames: "phone-worker.js" } },
        },
      });
      const outputs = (Array.isArray(made) ? made : [made]).flatMap((m) => ("output" in m ? m.output : []));
      const code = outputs.flatMap((o) => (o.type === "chunk" ? [o.code] : []))[0];
      if (code === undefined) this.error("the phone's service worker was not built");
      this.emitFile({ type: "asset", fileName: "phone-worker.js", source: code });
    },
  };
}
