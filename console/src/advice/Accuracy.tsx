export default function Accuracy() { return null; }
