import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

// The platform serves these files at /; in development Vite serves them and passes the API through to SUANSHI_URL.
export default defineConfig(({ mode }) => ({
  plugins: [react()],
  build: {
    outDir: "../src/suanshi/web/static",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": loadEnv(mode, ".", "SUANSHI_").SUANSHI_URL ?? "http://127.0.0.1:8088" },
  },
}));
