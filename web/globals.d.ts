// What the build gives the page. The lines are made by tools/lines.js.

declare module 'virtual:lines' {
  /** A line of source: where it stands, the tensor that it is about, and its text, cut so that each tensor in it is a part. */
  export interface Line {
    source: string;
    link: string;
    parts: { text: string; link?: string }[];
  }
  /** By scene, then by layer and what it computes: `lines.batch['affine.dW']`. */
  export const lines: Record<string, Record<string, Lines>>;
  export interface Lines {
    formula: (link: (tensor: string) => string) => import('lit-html').TemplateResult;
    c: Line[];
    numpy: Line;
  }
}

/** The page's language: `en` or `zh-CN`. Vite puts it in. */
declare const LANGUAGE: string;

interface ImportMeta {
  env: { PROD: boolean };
}
