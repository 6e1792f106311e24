/** The red team: attacks on an agent at its work that are harsher than what it will meet, by an attacker that adapts, in a sandbox. */
export { ATTACK_KINDS, type Attack, type AttackKind, BREACHES, type Breach, CHOICES, PLACES } from './attack.ts';
export { type AttackAgentOptions, type AttackableGym, attackAgent } from './attack-agent.ts';
export { type AttackedWorld, attackWorld, breachOf } from './attacked-world.ts';
export { Attacker } from './attacker.ts';
export { type Attempt, type Campaign, type CampaignHead, openCampaign, RED_TEAM, readCampaign } from './campaign-file.ts';
export { type CampaignLedger, type CountedCampaign, campaignOf, countCampaign, readCampaigns } from './campaign-ledger.ts';
export { type AttackSuccess, type CampaignSummary, summarize, TRIES } from './summary.ts';
