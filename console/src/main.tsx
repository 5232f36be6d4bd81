import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Console } from "./frame/Console";
import "./paper.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<StrictMode><Console /></StrictMode>);
