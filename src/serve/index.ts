/** A released agent at work, under the eyes of people: so far, what a person approves and that it holds for nothing else. */
export { type Approval, type ApprovalBook, openApprovals, REFUSALS, type Refusal } from './approvals.ts';
export { digestOf, type ShownAction } from './shown-action.ts';
