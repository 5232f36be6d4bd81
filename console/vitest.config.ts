import { defineConfig } from "vitest/config";

// The logic behind the pages needs no browser but for where choices are kept.
export default defineConfig({ test: { include: ["tests/*.test.ts"], setupFiles: ["tests/storage.ts"] } });
