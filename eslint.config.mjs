import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules", ".lab"] },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "@pulumi": pulumi },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    // core/ is pure: no I/O, no clock, no randomness, no Pulumi.
    files: ["core/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            "@pulumi/*",
            // Hashes are pure.
            "node:*",
            "!node:crypto",
            "ssh2",
            "**/components/*",
            "**/cli/*",
            "**/stack/*",
            "**/ssh/*",
            "**/lab/*",
          ],
        },
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "core/ has no clock." },
        { object: "Math", property: "random", message: "core/ has no randomness." },
      ],
    },
  },
  {
    // Words decide nothing: what is compared, rendered or kept in the state is plan data. A report (core/diff/compareMeshes) shows them.
    files: ["core/registry/**/*.ts", "core/plan/**/*.ts", "core/render/**/*.ts", "core/diff/blast.ts"],
    rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns: ["**/describe/*"] }] },
  },
  {
    files: ["components/**/*.ts", "index.ts"],
    rules: { "@pulumi/no-output-in-template-literal": "error" },
  },
);
