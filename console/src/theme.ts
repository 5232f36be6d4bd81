// The look of the market: ink on paper, pine green for what acts, seal red for what costs.
import type { ThemeConfig } from "antd";

export const ink = {
  text: "#1d2526",
  quiet: "#5d6866",
  faint: "#8a938f",
  line: "#e3dfd3",
  paper: "#f6f4ee",
  sheet: "#ffffff",
  wash: "#faf8f2",
  pine: "#12615a",
  pineDeep: "#0b4641",
  pineWash: "#e6f0ed",
  seal: "#b8321f",
  sealWash: "#fbece8",
  amber: "#a8690b",
  amberWash: "#fbf1dc",
  indigo: "#3c4f8f",
} as const;

/** Series colours of charts: distinguishable for the colour-blind, in the order they are used. */
export const series = ["#12615a", "#c9772b", "#3c4f8f", "#7d8f3c", "#8d5a8d", "#4f8fa8", "#6e6a5f", "#b8321f"];

export const sans =
  '"PingFang SC","HarmonyOS Sans SC","MiSans","Noto Sans SC","Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei UI","Microsoft YaHei",system-ui,sans-serif';
export const serif = '"Source Han Serif SC","Noto Serif SC","Noto Serif CJK SC","Songti SC","Microsoft YaHei",Georgia,serif';
export const mono = '"JetBrains Mono","SF Mono","Cascadia Mono","Noto Sans Mono CJK SC",Menlo,Consolas,monospace';

export const theme: ThemeConfig = {
  cssVar: { key: "suanshi" },
  hashed: false,
  token: {
    colorPrimary: ink.pine,
    colorInfo: ink.pine,
    colorLink: ink.pine,
    colorError: ink.seal,
    colorWarning: ink.amber,
    colorSuccess: "#3f7d3a",
    colorText: ink.text,
    colorTextSecondary: ink.quiet,
    colorTextTertiary: ink.faint,
    colorBgLayout: ink.paper,
    colorBorder: "#d6d1c2",
    colorBorderSecondary: ink.line,
    fontFamily: sans,
    fontFamilyCode: mono,
    fontSize: 14,
    lineHeight: 1.6,
    borderRadius: 6,
    borderRadiusLG: 10,
    controlHeight: 36,
    boxShadowTertiary: "0 1px 2px rgba(40, 36, 20, .05)",
  },
  components: {
    Table: { headerBg: ink.wash, headerColor: ink.quiet, headerSplitColor: "transparent", rowHoverBg: ink.wash, cellPaddingBlockMD: 11, cellPaddingInlineMD: 18 },
    Tabs: { titleFontSize: 15, horizontalItemPadding: "10px 0" },
    Button: { primaryShadow: "none", defaultShadow: "none", fontWeight: 500 },
    Tag: { defaultBg: ink.wash },
    Segmented: { trackBg: "#ece8dc" },
    Steps: { iconSize: 28 },
  },
};
