"""The shared vocabulary of the market: accelerators, sites, nodes, cards, offers and what a buyer asks for."""
