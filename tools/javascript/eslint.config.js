// The style of the project's JavaScript: what is forbidden because it hides a fault, and the sizes
// that the house rules set. Types are the business of tsc, markup strings that of the tests.

import js from "@eslint/js";
import globals from "globals";

const forbidden = [
  {
    selector: "BinaryExpression[operator='in']",
    message: "`in` finds inherited names such as `constructor`. Use Object.hasOwn, a Map or a Set.",
  },
  {
    selector: "ForInStatement",
    message: "for…in walks inherited names too. Use for…of with Object.entries.",
  },
  {
    selector: "MemberExpression[computed=true] > ObjectExpression.object",
    message: "A plain object answers to inherited names such as `constructor`. Use a Map.",
  },
];

export default [
  js.configs.recommended,
  {
    // What the oldest supported browsers read: docs/architecture.md names them.
    languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error", reportUnusedInlineConfigs: "error" },
    rules: {
      "array-callback-return": "error",
      complexity: ["error", 10],
      eqeqeq: "error",
      "max-depth": ["error", 3],
      "max-len": ["error", { code: 110, ignoreUrls: true }],
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", 40],
      "no-alert": "error",
      "no-console": "error",
      "no-else-return": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "no-promise-executor-return": "error",
      "no-restricted-syntax": ["error", ...forbidden],
      "no-script-url": "error",
      "no-self-compare": "error",
      "no-shadow": "error",
      "no-throw-literal": "error",
      "no-unused-expressions": ["error", { allowShortCircuit: true }],
      "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
      "no-useless-return": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
      "require-await": "error",
      "sort-imports": ["error", { ignoreDeclarationSort: true, ignoreCase: true }],
    },
  },
  {
    files: ["tests/**", "tools/**", "benchmarks/**"],
    languageOptions: { ecmaVersion: 2024, globals: globals.node },
    rules: { "max-lines-per-function": "off", "no-console": "off" },
  },
];
