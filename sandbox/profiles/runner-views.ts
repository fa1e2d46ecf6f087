import { formatted, scaleOf } from '../amounts.js';
import { SANDBOX_BIC } from '../iban.js';
import type * as Row from '../records.js';

export function userView(user: Row.User) {
  const { id, tenantId, username, email, status, roles } = user;
  return { id, tenantId, username, email, status, roles, isActive: status === 'ACTIVE' };
}

export function documentView(document: Row.Document) {
  return {
    documentId: document.id,
    docId: document.docId,
    verificationId: document.verificationId,
    documentType: `DT_${document.documentType}`,
    fileName: document.fileName,
    contentType: document.mimeType,
    fileSize: document.size,
    sha256: document.sha256,
    status: 'UPLOADED',
    uploadedAt: document.uploadedAt,
  };
}

export function walletView(wallet: Row.Wallet) {
  return {
    id: wallet.id,
    walletId: wallet.id,
    customerId: wallet.customerId,
    name: wallet.name,
    walletType: wallet.walletType,
    status: wallet.status,
    currency: wallet.currency,
    balance: formatted(wallet.available + wallet.blocked, wallet.currency),
    availableBalance: formatted(wallet.available, wallet.currency),
    iban: wallet.iban ?? null,
    ...(wallet.iban === undefined ? {} : { bic: SANDBOX_BIC }),
  };
}

export function balanceView(wallet: Row.Wallet, lastTransaction: string | null) {
  const current = wallet.available + wallet.blocked;
  return {
    walletId: wallet.id,
    iban: wallet.iban ?? null,
    currency: wallet.currency,
    status: wallet.status,
    currentBalance: String(current),
    currentBalanceFormatted: formatted(current, wallet.currency),
    availableBalance: String(wallet.available),
    availableBalanceFormatted: formatted(wallet.available, wallet.currency),
    blockedBalance: String(wallet.blocked),
    blockedBalanceFormatted: formatted(wallet.blocked, wallet.currency),
    lastTransaction,
    balanceHistory: [],
  };
}

export function orderView(order: Row.Order) {
  return {
    orderId: order.id,
    preparedOrderId: order.id,
    accountId: order.accountId,
    operationType: order.operation,
    status: order.status,
    amount: amountView(order),
    targetIban: order.targetIban,
    description: order.description,
    reference: order.reference,
    clientReference: order.clientReference ?? null,
    createdAt: order.createdAt,
    validUntil: order.validUntil,
    executedAt: order.executedAt ?? null,
    completedAt: order.settledAt ?? null,
    transactionId: order.transactionId ?? null,
    failureReason: order.failureReason ?? null,
  };
}

export function amountView({ amount, currency }: Pick<Row.Order, 'amount' | 'currency'>) {
  return { value: String(amount), scale: scaleOf(currency), currency };
}
